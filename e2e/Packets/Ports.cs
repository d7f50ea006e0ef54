namespace KubeProxyNext.Packets;

/// <summary>What the names of ports (<c>$name</c>) stand for: each is bound where it is first met.</summary>
public sealed class Ports
{
    private readonly Dictionary<string, ushort> _bound = [];

    public ushort this[string name] => _bound[name];

    /// <summary>Which port the name stands for; if none yet, then for <paramref name="found"/> from now on.</summary>
    internal ushort Find(string name, ushort found) => _bound.TryGetValue(name, out var known) ? known : _bound[name] = found;
}
