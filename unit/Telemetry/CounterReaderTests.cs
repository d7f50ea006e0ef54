using System.Net;
using System.Net.Sockets;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;
using KubeProxyNext.Unit.Dataplane;

namespace KubeProxyNext.Unit.Telemetry;

/// <summary>Real sockets of a process of our own in a cgroup of our own, and what the programs counted of them.</summary>
[RequiresBpf]
public sealed class CounterReaderTests
{
    private static readonly KubeProxyNext.Dataplane.MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    [Test]
    public void NothingPinned_IsEmpty() => Assert.That(CounterReader.Read("/sys/fs/bpf/kpn-unit-none"), Is.Empty);

    [Test]
    public async Task ConnectsAndRefusals_AreCountedByFamilyAndReason()
    {
        using var pins = new TemporaryPins();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var dataplane = KubeProxyNext.Dataplane.Dataplane.Load(pins.Bpffs, pins.Cgroup, [IpFamily.IPv4], Small);
        dataplane.Apply(
        [
            Plan("web", "10.96.0.10", NoBackendVerdict.Reject, new Backend(IpAddress.Parse("127.0.0.1"), (ushort)((IPEndPoint)listener.LocalEndpoint).Port)),
            Plan("empty", "10.96.0.11", NoBackendVerdict.Reject),
            Plan("elsewhere", "10.96.0.12", NoBackendVerdict.Drop),
        ]);
        dataplane.Attach();

        await ConnectFromAsync(pins.Cgroup, "10.96.0.10", "10.96.0.10", "10.96.0.11", "10.96.0.12", "10.96.0.12", "127.0.0.1");

        var counted = CounterReader.Read(pins.Bpffs).Single();
        Assert.That((counted.Family, counted.Connections, counted.Refused), Is.EqualTo((IpFamily.IPv4, 2UL, 3UL)));
        Assert.That(counted.ByReason[Counter.DropNoBackend], Is.EqualTo(1));
        Assert.That(counted.ByReason[Counter.DropNoLocalBackend], Is.EqualTo(2));
        Assert.That(counted.ByReason[Counter.SocketUnrecorded], Is.Zero);
    }

    private static async Task ConnectFromAsync(string cgroup, params string[] addresses)
    {
        // The shell moves itself before it dials, so that the hooks of the cgroup see its sockets and no other's.
        var dials = string.Join(';', addresses.Select(address => $"(exec 3<>/dev/tcp/{address}/80) 2>/dev/null"));
        using var shell = System.Diagnostics.Process.Start("bash", ["-c", $"echo $$ > {cgroup}/cgroup.procs; {dials}; exit 0"]);
        await shell.WaitForExitAsync();
        Assert.That(shell.ExitCode, Is.Zero);
    }

    private static ServicePlan Plan(string name, string ip, NoBackendVerdict ifEmpty, params Backend[] backends) => new(
        new("default", name),
        [
            new("", Protocol.Tcp, IpFamily.IPv4, [new(new(IpAddress.Parse(ip), 80, Protocol.Tcp), FrontendKind.ClusterIP, TrafficPolicy.Cluster, TrafficPolicy.Cluster)],
                [new(TrafficPolicy.Cluster, [.. backends], ifEmpty)]),
        ]);
}
