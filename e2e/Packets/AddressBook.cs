using System.Globalization;
using KubeProxyNext.Model;

namespace KubeProxyNext.Packets;

/// <summary>The names by which texts of packets may call addresses, and those of the frame where a text names none.</summary>
public sealed class AddressBook
{
    private readonly Dictionary<string, IpAddress> _addresses;
    private readonly Dictionary<IpAddress, string> _names;
    private readonly Dictionary<string, MacAddress> _macs;
    private readonly Dictionary<MacAddress, string> _macNames;

    public AddressBook() => (_addresses, _names, _macs, _macNames) = ([], [], [], []);

    private AddressBook(AddressBook other)
    {
        (_addresses, _names, _macs, _macNames) = (other._addresses, other._names, other._macs, other._macNames);
        (Link, Read) = (other.Link, other.Read);
    }

    /// <summary>What stands before a packet of whose frame a text says nothing; null where there is no frame.</summary>
    public EthernetHeader? Link { get; init; } = new(new(0x02_00_00_00_00_01), new(0x02_00_00_00_00_02));

    /// <summary>How an address is understood that has no name.</summary>
    public Func<string, IpAddress> Read { get; init; } = text => IpAddress.Parse(text);

    public void Add(string name, IpAddress address) => (_addresses[name], _names[address]) = (address, name);

    public void Add(string name, MacAddress mac) => (_macs[name], _macNames[mac]) = (mac, name);

    /// <summary>The same names, for packets of another link.</summary>
    public AddressBook At(EthernetHeader? link) => new(this) { Link = link };

    /// <summary>The address that a text calls so, by its name or as it is written.</summary>
    public IpAddress Address(string text) => _addresses.TryGetValue(text, out var known) ? known : Read(text);

    public MacAddress Mac(string text) => _macs.TryGetValue(text, out var known) ? known : MacAddress.Parse(text);

    public string Name(IpAddress address) => _names.TryGetValue(address, out var name) ? name : $"{address}";

    internal string Name(MacAddress mac) => _macNames.TryGetValue(mac, out var name) ? name : $"{mac}";

    /// <summary>Splits <c>host:port</c>, of which the port may be missing; an IPv6 address with one is in brackets.</summary>
    internal static (string Host, string? Port) Split(string text)
    {
        if (text[0] == '[')
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            return (text[1..end], text[(end + 1)..] is { Length: > 1 } rest ? rest[1..] : null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon == text.LastIndexOf(':') ? (text[..colon], text[(colon + 1)..]) : (text, null);
    }

    /// <summary>As texts have an address with a port.</summary>
    public string Join(IpAddress address, ushort port)
    {
        var name = Name(address);
        return string.Create(CultureInfo.InvariantCulture, $"{(name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name)}:{port}");
    }
}
