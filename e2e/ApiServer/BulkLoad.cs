using System.Buffers.Binary;
using System.Net;

namespace KubeProxyNext.ApiServer;

/// <summary>
/// A large cluster in regular shape: Service <c>bulk/svc-000000</c> and on, each with one port named <c>http</c> and one slice of
/// its own, <c>bulk/svc-000000-a</c>.
/// </summary>
public sealed record BulkLoad(int Services, int EndpointsPerService = 2)
{
    public const string Namespace = "bulk";

    /// <summary>The cluster IP of the first Service; the others count on from it.</summary>
    public IPAddress FirstClusterIp { get; init; } = new([10, 96, 1, 0]);

    /// <summary>The first endpoint's address; the others count on from it.</summary>
    public IPAddress FirstEndpoint { get; init; } = new([10, 128, 0, 0]);

    public int Port { get; init; } = 80;

    public int TargetPort { get; init; } = 8080;

    public static string ServiceKey(int index) => $"{Namespace}/svc-{index:d6}";

    public static string SliceKey(int index) => ServiceKey(index) + "-a";

    public IPAddress ClusterIp(int index) => Plus(FirstClusterIp, index);

    public IPAddress Endpoint(int service, int index) => Plus(FirstEndpoint, (service * EndpointsPerService) + index);

    private static IPAddress Plus(IPAddress first, int count)
    {
        var bytes = first.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)count);
        return new IPAddress(bytes);
    }
}
