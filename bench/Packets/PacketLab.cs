using System.Globalization;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Packets;

/// <summary>
/// Two nodes: one whose programs are given packets, without ever sending one, and one where all backends would be. The way there is known
/// for good.
/// </summary>
internal sealed class PacketLab : IAsyncDisposable
{
    private readonly Lab _lab;
    private int _made;

    private PacketLab(Lab lab, int uplink) => (_lab, Uplink) = (lab, uplink);

    /// <summary>The index of the device that packets come by.</summary>
    public int Uplink { get; }

    public NetworkNamespace Network => _lab.Nodes[0].Network;

    public static async Task<PacketLab> BuildAsync(CancellationToken cancellation)
    {
        var lab = await Lab.BuildAsync([new("node", []), new("other", [])], cancellation);
        try
        {
            var node = lab.Nodes[0];
            await node.IpAsync("link", "set", "eth0", "address", Frames.NodeMac);
            foreach (var other in new[] { lab.Nodes[1].IPv4, lab.Nodes[1].IPv6 })
            {
                await node.IpAsync("neigh", "replace", other, "lladdr", Frames.NeighbourMac, "dev", "eth0", "nud", "permanent");
            }

            var link = (await node.RunAsync("ip", "-o", "link", "show", "dev", "eth0")).MustSucceed();
            return new(lab, int.Parse(link.Split(':')[0], CultureInfo.InvariantCulture));
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The programs of a family with so many Services, and room for so many flows: in <see cref="Network"/>.</summary>
    public IPacketNode Serve(IpFamily family, int services, int flows)
    {
        var pins = $"{_lab.Host.BpfRoot}/{_lab.Id}/packets-{_made++}";
        return family == IpFamily.IPv4
            ? new PacketNode<FrontendBucket4, Address4>(pins, Uplink, services, flows)
            : new PacketNode<FrontendBucket6, Address6>(pins, Uplink, services, flows);
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
