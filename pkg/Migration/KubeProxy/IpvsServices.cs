using System.Net;

namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>Which virtual services of IPVS are kube-proxy's: others (keepalived) may have some, too.</summary>
internal static class IpvsServices
{
    private const int FirstNodePort = 30_000;
    private const int LastNodePort = 32_767;

    /// <summary>
    /// Those at addresses that kube-proxy's device has, which are all but NodePorts; and, where there is that device, those at addresses of
    /// the node with a port that is a NodePort.
    /// </summary>
    /// <param name="saved">What <c>ipvsadm --save --numeric</c> prints.</param>
    /// <param name="bound">Addresses of the device <c>kube-ipvs0</c>.</param>
    /// <param name="ofNode">All other addresses of the node.</param>
    /// <returns>Protocol and address as <c>ipvsadm</c> takes them: <c>-t 10.96.0.1:443</c>.</returns>
    internal static IReadOnlyList<(string Protocol, string Address)> Parse(
        string saved, IReadOnlySet<IPAddress> bound, IReadOnlySet<IPAddress> ofNode) =>
    [
        .. from line in saved.Split('\n')
           let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where words is ["-A", "-t" or "-u" or "--sctp-service", _, ..]
           let endpoint = IPEndPoint.TryParse(words[2], out var parsed) ? parsed : null
           where endpoint is not null && (bound.Contains(endpoint.Address) || (ofNode.Contains(endpoint.Address) && IsNodePort(endpoint.Port)))
           select (words[1], words[2]),
    ];

    private static bool IsNodePort(int port) => port is >= FirstNodePort and <= LastNodePort;
}
