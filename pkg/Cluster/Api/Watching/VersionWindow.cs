using System.Globalization;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>
/// Tells events that are news from repeated and overtaken ones, and knows from where to resume. Versions are compared as
/// numbers, which Kubernetes allows since 1.35 (KEP-5504) and etcd has always given; one that is no number is taken as it comes.
/// </summary>
/// <remarks>
/// It remembers the versions of the objects that changed last, not of all: past the capacity, whatever is older than the
/// newest event seen then counts as known.
/// </remarks>
internal sealed class VersionWindow(int capacity = 4096)
{
    private readonly Dictionary<ObjectName, ulong> _known = [];
    private ulong _listed;
    private ulong _floor;
    private ulong _highest;

    /// <summary>The newest version seen: where to resume from. Null before the first list, and after <see cref="Forget"/>.</summary>
    public string? Latest { get; private set; }

    /// <summary>A complete list of this version was taken; an empty one cannot be resumed from.</summary>
    public void Restart(string version)
    {
        _known.Clear();
        Latest = version.Length > 0 ? version : null;
        _listed = _floor = _highest = TryParse(version, out var number) ? number : 0;
    }

    /// <summary>The versions are of no use any more: only a list can help.</summary>
    public void Forget() => Latest = null;

    /// <summary>Whether the event is news of that object; if so, it is known from now on.</summary>
    public bool Admit(ObjectName name, string version)
    {
        if (!TryParse(version, out var number))
        {
            Latest = version.Length > 0 ? version : Latest;
            return true;
        }

        if (number <= (_known.TryGetValue(name, out var known) ? known : _floor))
        {
            return false;
        }

        if (_known.Count >= capacity)
        {
            _floor = _highest;
            _known.Clear();
        }

        _known[name] = number;
        Advance(number, version);
        return true;
    }

    /// <summary>
    /// Takes a bookmark. False when it lies before the list: the server's versions ran backwards, as after a restore from
    /// a backup, and events of the past would not be told from new ones.
    /// </summary>
    public bool Advance(string version)
    {
        if (!TryParse(version, out var number))
        {
            Latest = version.Length > 0 ? version : Latest;
            return true;
        }

        Advance(number, version);
        return number >= _listed;
    }

    private void Advance(ulong number, string version)
    {
        if (number > _highest)
        {
            (_highest, Latest) = (number, version);
        }
    }

    private static bool TryParse(string version, out ulong number) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
