namespace KubeProxyNext.Packets;

/// <summary>What the names of ports (<c>$name</c>) stand for: each is bound where it is first met.</summary>
public sealed class Ports
{
    private readonly Dictionary<string, ushort> _bound = [];

    public ushort this[string name] => _bound[name];

    /// <summary>The name that is bound to the port, or its number.</summary>
    public string NameOf(ushort port) =>
        _bound.FirstOrDefault(bound => bound.Value == port).Key ?? port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Which port the name stands for; if none yet, then for <paramref name="found"/> from now on.</summary>
    /// <exception cref="FormatException">The name is not bound, and there is nothing that it could stand for.</exception>
    internal ushort Find(string name, ushort? found) => _bound.TryGetValue(name, out var known) ? known
        : _bound[name] = found ?? throw new FormatException($"{name} is not bound, and no such port is at hand");
}
