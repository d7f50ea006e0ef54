using System.Net;
using System.Net.Sockets;

namespace KubeProxyNext.Migration.Checks;

/// <summary>An address where the daemon is to answer.</summary>
/// <param name="Address">Null for nowhere; a wildcard of either family stands for both.</param>
/// <param name="What">What it answers there.</param>
/// <param name="Flag">That sets the address.</param>
public sealed record DaemonAddress(IPEndPoint? Address, string What, string Flag);

/// <summary>Whether the daemon can have its addresses, in the network namespace of the calling thread.</summary>
public static class PortChecks
{
    private const string Ours = "kube-proxy-next";

    public static CheckLine Run(DaemonAddress wanted)
    {
        if (wanted.Address is not { } address)
        {
            return CheckLine.Passed($"address of {wanted.What}", "none is wanted");
        }

        var subject = $"port {address.Port} ({wanted.What})";
        return Candidates(address).Select(TryBind).FirstOrDefault(error => error is not null) switch
        {
            null => CheckLine.Passed(subject, $"{address} is free"),
            SocketError.AddressAlreadyInUse => Taken(subject, wanted, Listeners.Find(address.Port)),
            SocketError.AddressNotAvailable => CheckLine.Warning(
                subject, $"the node has no address {address.Address}", $"until it has, {wanted.What} is not answered; or name another one with {wanted.Flag}"),
            { } error => CheckLine.Warning(subject, $"{address}: {error}", $"name another address with {wanted.Flag}"),
        };
    }

    private static CheckLine Taken(string subject, DaemonAddress wanted, ProcessName? owner) => owner is { Name: Ours }
        ? CheckLine.Passed(subject, $"{owner} listens there already")
        : CheckLine.Warning(
            subject, $"{owner?.ToString() ?? "somebody"} listens there", $"if it is kube-proxy it goes with it; else choose another one for {wanted.What} ({wanted.Flag})");

    private static IPEndPoint[] Candidates(IPEndPoint address) => !address.Address.Equals(IPAddress.Any) && !address.Address.Equals(IPAddress.IPv6Any)
        ? [address]
        : Socket.OSSupportsIPv6
            ? [new(IPAddress.Any, address.Port), new(IPAddress.IPv6Any, address.Port)]
            : [new(IPAddress.Any, address.Port)];

    private static SocketError? TryBind(IPEndPoint address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Bind(address);
            return null;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }
}
