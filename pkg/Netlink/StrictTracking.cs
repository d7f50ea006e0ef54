namespace KubeProxyNext.Netlink;

/// <summary>
/// While this is there, <c>nf_conntrack</c> of the network namespace of the calling thread takes no TCP connection up in its middle
/// (<c>nf_conntrack_tcp_loose</c>): such packets pass as they are, and belong to no connection. Where that may not be set, nothing changes.
/// </summary>
public sealed class StrictTracking : IDisposable
{
    private const string Setting = "/proc/sys/net/netfilter/nf_conntrack_tcp_loose";

    private readonly string? _before;

    public StrictTracking()
    {
        if (File.Exists(Setting) && File.ReadAllText(Setting) is var before && TryWrite("0"))
        {
            _before = before;
        }
    }

    /// <summary>Sets back what was set, from the same network namespace.</summary>
    public void Dispose()
    {
        if (_before is not null)
        {
            TryWrite(_before);
        }
    }

    private static bool TryWrite(string value)
    {
        try
        {
            File.WriteAllText(Setting, value);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
