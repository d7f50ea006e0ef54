namespace KubeProxyNext.Bpf;

/// <summary>The errnos that callers tell apart.</summary>
public static class Errno
{
    public const int NoEntry = 2;
    public const int Invalid = 22;
}
