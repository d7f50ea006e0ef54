using System.Collections.Concurrent;
using System.Diagnostics;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using static KubeProxyNext.Unit.Dataplane.Plans;
using KernelDataplane = KubeProxyNext.Dataplane.Dataplane;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>A process that binds a NodePort is kept from it, and it is told which process that was and whose NodePort it is.</summary>
[RequiresBpf]
public sealed class BindProtectionTests
{
    private const string Script = """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            s.bind(('127.0.0.1', int(sys.argv[1])))
        except OSError as e:
            sys.exit(e.errno)
        """;

    private const int AddressInUse = 98;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly MapCapacities Small = new(Frontends: 16, Slots: 64, Sockets: 16);

    private readonly BlockingCollection<BindRefusal> _refusals = [];
    private TemporaryPins _pins = null!;
    private KernelDataplane _dataplane = null!;

    [SetUp]
    public void SetUp()
    {
        _pins = new();
        _dataplane = Load();
        _dataplane.Apply([Service("web", Port("http", Protocol.Tcp, ["10.96.0.10:80"], "10.0.1.1:80") with
        {
            Frontends = [External(FrontendKind.NodePort, "0.0.0.0:30917")],
        })]);
        _dataplane.SetNodeAddresses(IpFamily.IPv4, [], loopback: true);
    }

    [TearDown]
    public void TearDown()
    {
        _dataplane.Dispose();
        _pins.Dispose();
    }

    [OneTimeTearDown]
    public void OneTimeTearDown() => _refusals.Dispose();

    [Test]
    public void On_NodePortIsRefusedAndTold_OtherPortsAreNot()
    {
        _dataplane.Attach(bindProtection: true, _refusals.Add);

        Assert.That(Bind(30918).ExitCode, Is.Zero);
        var (exitCode, process) = Bind(30917);

        Assert.That(exitCode, Is.EqualTo(AddressInUse));
        Assert.That(_refusals.TryTake(out var refusal, Patience));
        Assert.That(refusal!.Process, Does.StartWith("python"));
        Assert.That((refusal.ProcessId, refusal.Address, refusal.ServicePort), Is.EqualTo(
            (process, Address("127.0.0.1:30917"), ((ObjectName, string)?)(new ObjectName("default", "web"), "http"))));
        Assert.That(_refusals, Is.Empty);
    }

    [Test]
    public void Off_NothingIsRefused_AlsoWhereItWasOnBefore()
    {
        _dataplane.Attach(bindProtection: true);
        Assert.That(Bind(30917).ExitCode, Is.EqualTo(AddressInUse));

        _dataplane.Dispose();
        _dataplane = Load();
        _dataplane.Attach(bindProtection: false);

        Assert.That(Bind(30917).ExitCode, Is.Zero);
        Assert.That(Directory.GetFiles(Path.Combine(_pins.Bpffs, "links")).Select(Path.GetFileName), Has.None.StartsWith("post_bind"));
    }

    private KernelDataplane Load() => KernelDataplane.Load(_pins.Bpffs, _pins.Cgroup, [IpFamily.IPv4], Small);

    private (int ExitCode, int Id) Bind(ushort port)
    {
        using var process = Process.Start("/bin/sh",
            ["-c", "echo $$ >$1/cgroup.procs && exec python3 -c \"$0\" $2", Script, _pins.Cgroup, $"{port}"]);
        process.WaitForExit();
        return (process.ExitCode, process.Id);
    }
}
