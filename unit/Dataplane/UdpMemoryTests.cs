using System.Net;
using System.Net.Sockets;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;
using static KubeProxyNext.Unit.Dataplane.Plans;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>An unconnected UDP socket keeps its backend for as long as that is right, and no datagram longer.</summary>
[RequiresBpf]
public sealed class UdpMemoryTests
{
    private const string Web = "127.96.0.10:53";
    private const string Second = "127.96.0.10:54";
    private static readonly KubeProxyNext.Dataplane.MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(10);

    private TemporaryPins _pins = null!;
    private IPv4Dataplane _dataplane = null!;
    private CgroupSender _sender = null!;
    private UdpClient[] _backends = null!;

    [SetUp]
    public void SetUp()
    {
        _pins = new();
        _dataplane = new(_pins.Bpffs, Small);
        using var cgroup = CgroupHandle.Open(_pins.Cgroup);
        _dataplane.Attach(cgroup);
        _sender = new(_pins.Cgroup);
        _backends = [.. Enumerable.Range(0, 2).Select(_ => new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))];
    }

    [TearDown]
    public void TearDown()
    {
        Array.ForEach(_backends, backend => backend.Dispose());
        _sender.Dispose();
        _dataplane.Dispose();
        _pins.Dispose();
    }

    [Test]
    public async Task Backend_Goes_NextDatagramTakesAnother()
    {
        _dataplane.Apply(Udp("web", [Web], Backend(0)));
        Assert.That(await SendAsync(Web), Is.Zero);

        _dataplane.Apply(Udp("web", [Web], Backend(1)));

        Assert.That(await SendAsync(Web), Is.EqualTo(1));
    }

    // A reader that had the slot in hand when its backend went, and looked at the generation only afterwards.
    [Test]
    public async Task Backend_GoesBetweenChoiceAndMemory_IsNotRemembered()
    {
        _dataplane.Apply(Udp("web", [Web], Backend(0)));
        var target = MapDump.Entries(_dataplane.Maps).Single().Target;
        var slot = new SetValue(_dataplane.Maps.Sets[(int)SetId.Of(target.Service, target.Internal)]).Range.First;
        _dataplane.Maps.EndGeneration(_dataplane.Maps.Slots[slot].Backend);
        Assert.That(await SendAsync(Web), Is.Zero);

        _dataplane.Apply(Udp("next", [Second], Backend(1)));
        _dataplane.Maps.Frontends.Set(MapDump.Entries(_dataplane.Maps).Single(entry => entry.Target == target).Key,
            MapDump.Entries(_dataplane.Maps).Single(entry => entry.Target != target).Target);

        Assert.That(await SendAsync(Web), Is.EqualTo(1));
    }

    [Test]
    public async Task Frontend_PassesToAnotherServiceWhileItsOwnerLivesOn_NextDatagramGoesThere()
    {
        _dataplane.Apply(Udp("old", [Web, Second], Backend(0)));
        Assert.That((await SendAsync(Web), await SendAsync(Second)), Is.EqualTo((0, 0)));

        _dataplane.Apply(Udp("new", [Web], Backend(1)));
        _dataplane.Apply(Udp("old", [Second], Backend(0)));

        Assert.That((await SendAsync(Web), await SendAsync(Second)), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Frontend_PassesToAnotherServiceDuringARestart_NextDatagramGoesThere()
    {
        _dataplane.Apply(Udp("old", [Second, Web], Backend(0)));
        Assert.That(await SendAsync(Web), Is.Zero);

        _dataplane.Dispose();
        _dataplane = new(_pins.Bpffs, Small);
        _dataplane.Apply(Udp("old", [Second], Backend(0)));
        _dataplane.Apply(Udp("new", [Web], Backend(1)));
        _dataplane.RemoveUnclaimed();

        Assert.That((await SendAsync(Web), await SendAsync(Second)), Is.EqualTo((1, 0)));
    }

    private string Backend(int number) => $"{_backends[number].Client.LocalEndPoint}";

    /// <summary>Sends a datagram to a frontend; the number of the backend that it reached.</summary>
    private async Task<int> SendAsync(string frontend)
    {
        _sender.SendTo(IPEndPoint.Parse(frontend));
        using var late = new CancellationTokenSource(Arrival);
        Task[] arrivals = [.. _backends.Select(backend => backend.ReceiveAsync(late.Token).AsTask())];
        var first = await Task.WhenAny(arrivals);
        await first;
        await late.CancelAsync();
        await Task.WhenAll(arrivals).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Array.IndexOf(arrivals, first);
    }
}
