using System.Diagnostics;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;
using KubeProxyNext.Pins;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>The IPv4 maps of a running daemon: what clients get, and when that changes.</summary>
internal sealed class AppliedMaps(string bpffs) : PinnedMaps(FolderIn(bpffs))
{
    /// <summary>The set behind a frontend; null where the maps do not know it.</summary>
    public uint? FindSet(FrontendAddress address) => Frontends.Find(new(address)) is { } target ? SetId.Of(target.Service, target.Internal) : null;

    /// <summary>What a client of the frontend could get; empty where the maps do not know it.</summary>
    public IReadOnlyList<Backend> BackendsOf(FrontendAddress address) =>
        FindSet(address) is { } set ? [.. SlotsOf(ReadSet(set)).Where(slot => slot.Set == set).Select(slot => slot.ToBackend())] : [];

    /// <summary>
    /// Watches the memory of a set until it holds another value, and tells when that was seen, in ticks of <see cref="Stopwatch"/>.
    /// </summary>
    /// <exception cref="LabException">It did not change in time.</exception>
    public long WaitForChange(uint set, SetValue before, TimeSpan within)
    {
        var start = Stopwatch.GetTimestamp();
        while (ReadSet(set) == before)
        {
            if (Stopwatch.GetElapsedTime(start) > within)
            {
                throw new LabException($"set {set} did not change within {within.TotalSeconds} s");
            }

            // The daemon may need this processor.
            Thread.Yield();
        }

        return Stopwatch.GetTimestamp();
    }
}
