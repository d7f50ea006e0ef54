using System.Globalization;

namespace KubeProxyNext.Netlink;

/// <summary>Which ports the kernel gives by itself to sockets of the calling thread's network namespace, of all protocols and both families.</summary>
public static class PortRanges
{
    private const string Folder = "/proc/sys/net/ipv4";

    /// <summary>Those that sockets get which ask for none (<c>ip_local_port_range</c>), save those that are reserved.</summary>
    /// <exception cref="IOException">The file is not there or says something else: there is no proc(5), or no IPv4.</exception>
    public static PortRange Ephemeral() => Read("ip_local_port_range", text => Parse(text, ' ', '\t'));

    /// <summary>Those that only sockets get which ask for them (<c>ip_local_reserved_ports</c>), sorted.</summary>
    /// <exception cref="IOException">The file is not there or says something else.</exception>
    public static IReadOnlyList<PortRange> Reserved() => Read("ip_local_reserved_ports", ParseList);

    // "8080,9000-9100"
    private static IReadOnlyList<PortRange> ParseList(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(range => Parse(range, '-'))];

    // A single port is its own last one.
    private static PortRange Parse(string text, params char[] separators)
    {
        var bounds = text.Split(separators, StringSplitOptions.RemoveEmptyEntries);
        return bounds.Length is 1 or 2 ? new(Port(bounds[0]), Port(bounds[^1])) : throw new FormatException();
    }

    private static ushort Port(string text) => ushort.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static T Read<T>(string file, Func<string, T> parse)
    {
        // Looked up in the reading thread's network namespace.
        var path = $"{Folder}/{file}";
        var text = File.ReadAllText(path).Trim();
        try
        {
            return parse(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            throw new InvalidDataException($"{path} says '{text}'", error);
        }
    }
}
