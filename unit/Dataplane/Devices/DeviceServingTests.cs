using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Dataplane.Devices;

/// <summary>Programs come to devices, are found again, and go, by links and as filters.</summary>
[TestFixture(DeviceAttach.Tcx)]
[TestFixture(DeviceAttach.Clsact)]
public sealed class DeviceServingTests(DeviceAttach kind) : DevicesFixture
{
    private protected override DeviceAttach? Kind => kind;

    [Test]
    public void Serve_Devices_BothDirectionsRunTheProgram()
    {
        Assert.That(Serve(Eth0, Eth1), Is.Empty);

        Assert.That(new[] { Program(Eth0, DeviceHook.Ingress), Program(Eth1, DeviceHook.Ingress) }, Is.All.EqualTo(Program(Eth0, DeviceHook.Ingress)).And.All.Positive);
        Assert.That(new[] { Program(Eth0, DeviceHook.Egress), Program(Eth1, DeviceHook.Egress) }, Is.All.EqualTo(Program(Eth0, DeviceHook.Egress)).And.All.Positive);
        Assert.That(Program(Eth0, DeviceHook.Ingress), Is.Not.EqualTo(Program(Eth0, DeviceHook.Egress)));
        Assert.That((Written(Eth0), Written(Eth1)), Is.EqualTo((DeviceFlags.Served, DeviceFlags.Served)));
    }

    [Test]
    public void Serve_DeviceIsNotWantedAnyMore_NothingIsLeftThere()
    {
        Serve(Eth0, Eth1);

        Serve(Eth1);

        Assert.That(At(Eth0, DeviceHook.Ingress), Is.EqualTo((0, 0)));
        Assert.That(At(Eth0, DeviceHook.Egress), Is.EqualTo((0, 0)));
        Assert.That(Program(Eth1, DeviceHook.Ingress), Is.Positive);
        Assert.That((Written(Eth0), Written(Eth1)), Is.EqualTo((default(DeviceFlags?), DeviceFlags.Served)));
        Assert.That(Pinned(), Has.Exactly(2).Items);
    }

    [Test]
    public void Serve_DeviceIsOnlyKnown_IsWrittenAndRunsNothing()
    {
        Serve(Eth0, Eth1);

        Serve(Eth0 with { IsServed = false, HasPods = true }, Eth1 with { IsDetected = true });

        Assert.That(At(Eth0, DeviceHook.Ingress), Is.EqualTo((0, 0)));
        Assert.That((Written(Eth0), Written(Eth1)), Is.EqualTo((DeviceFlags.Pods, DeviceFlags.Served | DeviceFlags.Detected)));
    }

    [Test]
    public void Serve_ADeviceIsGone_TheOthersAreServed()
    {
        Network.Do("link del eth0");

        var failures = Serve(Eth0, Eth1);

        Assert.That(failures.Select(failure => (failure.Device, failure.IsGone)), Is.EqualTo(new[] { (Eth0, true) }));
        Assert.That(Program(Eth1, DeviceHook.Ingress), Is.Positive);
        Assert.That(Written(Eth0), Is.EqualTo(DeviceFlags.None));
    }

    [Test]
    public void Serve_ADeviceVanishedAndAnotherHasItsIndex_TheNewOneIsServed()
    {
        Serve(Eth0);
        Network.Do("link del eth0");
        Serve();

        Network.Do("link add eth9 index 7 type veth peer name peer9");
        Assert.That(Serve(Eth0 with { Name = "eth9" }), Is.Empty);

        Assert.That(Program(Eth0, DeviceHook.Ingress), Is.Positive);
    }

    [Test]
    public void Serve_ADeviceVanishedAndAnotherHasItsIndex_BeforeAnybodySawIt_TheNewOneIsServed()
    {
        Serve(Eth0);
        Network.Do("link del eth0", "link add eth9 index 7 type veth peer name peer9");

        Assert.That(Serve(Eth0 with { Name = "eth9" }), Is.Empty);

        Assert.That(Program(Eth0, DeviceHook.Ingress), Is.Positive);
    }

    [Test]
    public void Serve_KnownDeviceBeforeTheFirstThatIsServed_IsWrittenToo()
    {
        Serve(Eth0 with { IsServed = false, HasPods = true }, Eth1);

        Assert.That((Written(Eth0), Written(Eth1)), Is.EqualTo((DeviceFlags.Pods, DeviceFlags.Served)));
    }

    [Test]
    public void Restart_ADeviceVanishedMeanwhileAndAnotherHasItsIndex_TheNewOneIsServed()
    {
        Serve(Eth0);
        Network.Do("link del eth0", "link add eth9 index 7 type veth peer name peer9");

        Restart(kind);
        Assert.That(Serve(Eth0 with { Name = "eth9" }), Is.Empty);

        Assert.That(Program(Eth0, DeviceHook.Ingress), Is.Positive);
        Assert.That(Program(Eth0, DeviceHook.Egress), Is.Positive);
    }

    [Test]
    public void Restart_ProgramsStayAndAreReplacedInPlace()
    {
        Serve(Eth0);
        var before = Program(Eth0, DeviceHook.Ingress);

        Restart(kind);
        Assert.That(Program(Eth0, DeviceHook.Ingress), Is.EqualTo(before), "nothing is replaced before devices are served");
        Serve(Eth0);

        Assert.That(Program(Eth0, DeviceHook.Ingress), Is.Positive.And.Not.EqualTo(before));
        Assert.That(Pinned(), Has.Exactly(2).Items);
    }

    [Test]
    public void Restart_OtherKind_NothingIsLeftOfTheFirst()
    {
        Serve(Eth0);

        Restart(kind == DeviceAttach.Tcx ? DeviceAttach.Clsact : DeviceAttach.Tcx);
        Serve(Eth0);

        var (link, filter) = At(Eth0, DeviceHook.Ingress);
        Assert.That(kind == DeviceAttach.Tcx ? filter : link, Is.Positive);
        Assert.That(kind == DeviceAttach.Tcx ? link : filter, Is.Zero);
        Assert.That(Pinned(), Has.Exactly(2).Items);
    }

    [Test]
    public void Restart_WithoutDevices_NothingIsLeft()
    {
        Serve(Eth0);

        Restart(null);
        using (var cgroup = CgroupHandle.Open(Pins.Cgroup))
        {
            Network.Run(() => { Tested.Attach(cgroup); return 0; });
        }

        Assert.That(At(Eth0, DeviceHook.Ingress), Is.EqualTo((0, 0)));
        Assert.That(At(Eth0, DeviceHook.Egress), Is.EqualTo((0, 0)));
        Assert.That(Pinned(), Is.Empty);
    }

    [Test]
    public void Cleanup_NothingIsLeft()
    {
        Serve(Eth0, Eth1);
        Tested.Dispose();

        Network.Run(() => KubeProxyNext.Dataplane.Dataplane.Cleanup(Pins.Bpffs));

        Assert.That(At(Eth0, DeviceHook.Ingress), Is.EqualTo((0, 0)));
        Assert.That(At(Eth1, DeviceHook.Egress), Is.EqualTo((0, 0)));
        Assert.That(Pins.Bpffs, Does.Not.Exist);
    }

    [Test]
    public void Cleanup_QdiscThatWeMade_GoesUnlessOthersHaveFiltersThere([Values] bool isUsed)
    {
        using var others = new OthersPrograms(Network, Eth0.Index, DeviceAttach.Clsact);
        Serve(Eth0);
        Restart(kind);
        Serve(Eth0);
        if (isUsed)
        {
            others.AttachAfter();
        }

        Tested.Dispose();
        Network.Run(() => KubeProxyNext.Dataplane.Dataplane.Cleanup(Pins.Bpffs));

        Assert.That((others.AreThere(), Directory.Exists(Pins.Bpffs)), Is.EqualTo((true, false)));
        Assert.That(HasQdisc(Eth0), Is.EqualTo(isUsed));
    }

    [Test]
    public void Cleanup_QdiscOfOthers_StaysWithoutAnyFilter()
    {
        using var others = new OthersPrograms(Network, Eth0.Index, DeviceAttach.Clsact);
        others.AttachBefore();
        Serve(Eth0);
        others.Detach();

        Tested.Dispose();
        Network.Run(() => KubeProxyNext.Dataplane.Dataplane.Cleanup(Pins.Bpffs));

        Assert.That(HasQdisc(Eth0));
    }

    [Test]
    public void OthersPrograms_AreThereBeforeAndAfter_AllRunAndOursLeaveThemAlone()
    {
        using var others = new OthersPrograms(Network, Eth0.Index, kind);
        others.AttachBefore();
        Serve(Eth0);
        others.AttachAfter();

        Assert.That(others.AreThere(), Is.True);
        if (kind == DeviceAttach.Tcx)
        {
            Assert.That(others.List(DeviceHook.Ingress), Is.EqualTo(new[] { others.Late, Program(Eth0, DeviceHook.Ingress), others.Early }), "ours is the first when it comes");
            Assert.That(others.List(DeviceHook.Egress), Is.EqualTo(new[] { others.Early, Program(Eth0, DeviceHook.Egress), others.Late }), "ours is the last when it comes");
        }

        Restart(kind);
        Serve(Eth0);
        Assert.That((others.AreThere(), Program(Eth0, DeviceHook.Ingress)), Is.EqualTo((true, Program(Eth0, DeviceHook.Ingress))).And.Not.EqualTo((true, 0)));

        Serve();
        Assert.That(others.AreThere(), Is.True);
        Assert.That(At(Eth0, DeviceHook.Ingress), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Served_ByItsPins_IsTold()
    {
        Serve(Eth1, Eth0 with { IsServed = false });

        Assert.That(ServedDevices.Read(Pins.Bpffs, IpFamily.IPv4), Is.EqualTo(new[] { Eth1.Index }));
        Assert.That(ServedDevices.Read(Pins.Bpffs, IpFamily.IPv6), Is.Empty);
    }

    [Test]
    public void DeviceWithoutEthernet_IsServedToo()
    {
        Network.Do("tuntap add dev tun1 mode tun");
        var link = Network.Run(Links.List).Single(link => link.Name == "tun1");
        var tunnel = new DevicePlanner(new(IsAuto: false, ["tun1"])).Plan(new([link], [], []), [], servesPods: false).Single();

        Assert.That(tunnel.HasEthernet, Is.False);
        Assert.That(Serve(Eth0, tunnel), Is.Empty);

        Assert.That(Program(tunnel, DeviceHook.Ingress), Is.Positive.And.Not.EqualTo(Program(Eth0, DeviceHook.Ingress)));
    }

    // Which it has not any more afterwards.
    private bool HasQdisc(DevicePlan device) => Network.Run(() => ClsactFilter.RemoveQdisc(device.Index));

    private uint Program(DevicePlan device, DeviceHook hook)
    {
        var (link, filter) = At(device, hook);
        return kind == DeviceAttach.Tcx ? link : filter;
    }

    private DeviceFlags? Written(DevicePlan device) => Tested.WrittenDevices.TryGetValue(device.Index, out var value) ? value?.Flags : null;

    [Test]
    public void Audit_WhatOthersHaveChanged_IsPutRight()
    {
        Serve(Eth0, Eth1);
        Tested.Devices!.Configure(new() { MasqueradeAll = true });
        Assert.That(Audit(), Is.Empty, "what this has written itself");

        TakeAway(Eth0);
        var settings = Tested.Packets!.Maps.Map("packet_settings");
        settings.Write(0, new byte[settings.ValueSize]);
        var devices = new BpfMap<uint, DeviceValue<Address4>>(Tested.Packets.Maps.Map("devices"));
        devices.Remove(8);
        devices.TrySet(99, default);

        Assert.That(Audit(), Is.EqualTo(new[] { "IPv4 device eth0", "IPv4 devices packets", "IPv4 packet_settings packets" }));
        Assert.That(Serve(Eth0, Eth1), Is.Empty);
        Assert.That(Audit(), Is.Empty);
        Assert.That(Tested.PacketSettings!.Value.MasqueradeAll, Is.EqualTo(1));
        Assert.That(devices.Keys().Order(), Is.EqualTo(new uint[] { 7, 8 }));
    }

    [Test]
    public void Audit_DeviceThatIsGone_IsNobodysFault()
    {
        Serve(Eth0);
        Network.Do("link del eth0");

        Assert.That(Tested.Devices!.Audit(new HashSet<int>()), Is.Empty);
    }

    private string[] Audit() => Network.Run(() => Tested.Devices!.Audit(new HashSet<int> { 7, 8 }).Select(drift => $"{drift}").ToArray());

    // At once, where a link whose pin is gone would go on for a moment.
    private void TakeAway(DevicePlan device)
    {
        var pin = Path.Combine(Pins.Bpffs, "links", $"ingress4_{device.Index}");
        if (kind == DeviceAttach.Tcx)
        {
            using var link = BpfLink.TryOpen(pin);
            link!.Detach();
            File.Delete(pin);
        }
        else
        {
            Network.Run(() => DevicePin.TryParse($"{pin}_filter")!.Value.Filter.Detach());
        }
    }
}
