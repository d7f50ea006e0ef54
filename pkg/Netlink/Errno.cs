namespace KubeProxyNext.Netlink;

/// <summary>The errnos that are told apart here.</summary>
internal static class Errno
{
    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int NoProcess = 3;
    internal const int Interrupted = 4;
    internal const int AccessDenied = 13;
    internal const int Exists = 17;
    internal const int Invalid = 22;
    internal const int NotATerminal = 25;
    internal const int BadMessage = 74;
}
