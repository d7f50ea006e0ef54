using System.Net;
using System.Net.Sockets;

namespace KubeProxyNext.ApiServer;

/// <summary>How the server is to be. The defaults are those of a quick test on the loopback device.</summary>
public sealed record TestApiServerOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any that is free, and keeps it over a restart of listening.</summary>
    public int Port { get; init; }

    /// <summary>Makes the bound socket, such as one in another network namespace; null for an ordinary one.</summary>
    public Func<IPEndPoint, Socket>? Bind { get; init; }

    /// <summary>
    /// Names and addresses that the server's certificate is for, beside <see cref="Address"/>, localhost and the loopback addresses.
    /// </summary>
    public IReadOnlyList<string> ExtraNames { get; init; } = [];

    /// <summary>Requests without credentials are let in.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>How often a watch that allows bookmarks gets one; zero for only on command.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many changes of each kind a watch can still resume from.</summary>
    public int HistoryLimit { get; init; } = 100_000;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of each event of any watch just before it is written, from the thread that writes it.</summary>
    public Action<WrittenEvent>? OnWritten { get; init; }
}
