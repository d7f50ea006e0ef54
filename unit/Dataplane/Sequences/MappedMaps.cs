using System.Globalization;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Pins;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>The pinned maps read as memory while another thread writes them: what clients from outside get at an address, slot by slot.</summary>
internal sealed class MappedMaps(string bpffs) : PinnedMaps(FolderIn(bpffs))
{
    // One that is not in a program may be held up for longer than a grace period: it looks whether all is as it was, and begins again.
    private const int Tries = 100;

    /// <summary>The backends, or the verdict where there are none; null where nobody serves the address.</summary>
    internal string? Outside(FrontendAddress address)
    {
        var key = new FrontendKey<Address4>(address);
        for (var tries = 0; tries < Tries; tries++)
        {
            if (TryRead(key, out var found))
            {
                return found;
            }
        }

        return "what changes whenever one looks";
    }

    private bool TryRead(in FrontendKey<Address4> key, out string? found)
    {
        found = null;
        if (Frontends.Find(key) is not { } target)
        {
            return true;
        }

        var id = SetId.Of(target.Service, target.External);
        var value = ReadSet(id);
        var slots = SlotsOf(value).ToArray();
        if (Frontends.Find(key) != target || ReadSet(id) != value)
        {
            return false;
        }

        found = slots.Any(slot => slot.Set != id) ? $"slots of sets {string.Join(' ', slots.Select(slot => slot.Set))} in set {id}"
            : slots.Length > 0 ? string.Join(' ', slots.Select(slot => slot.ToBackend()))
            : value.IfEmpty.ToString().ToLower(CultureInfo.InvariantCulture);
        return true;
    }
}
