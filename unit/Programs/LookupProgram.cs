using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Unit.Programs;

/// <summary>bpf/tests/lb.bpf.c at work on the maps that a dataplane has pinned: what a client gets, by the rules of the real programs.</summary>
internal sealed class LookupProgram<TBucket, TAddress> : IDisposable
    where TBucket : unmanaged, IFrontendBucket<TBucket, TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    private const int EthernetHeader = 14;

    private readonly BpfObject _object;
    private readonly BpfProgram _answer;

    internal LookupProgram(string bpffs, MapCapacities capacities)
    {
        _object = Open();
        SockObject.Configure(_object, FrontendTable<TBucket, TAddress>.MapEntries(capacities.Frontends), capacities, FrontendSeed.OfThisBoot(), Client.HostNetns);
        var maps = Directory.GetDirectories(bpffs, "ipv*").Single();
        foreach (var map in _object.Maps.Where(map => !map.Name.Contains('.')))
        {
            map.PinAt(Path.Combine(maps, map.Name));
        }

        _object.Load();
        _answer = _object.Programs.Single();
    }

    internal BpfMap Counters => _object.Map("counters");

    /// <summary>The case with its answer.</summary>
    internal LbCase<TAddress> Run(LbCase<TAddress> given)
    {
        var packet = new byte[EthernetHeader + Unsafe.SizeOf<LbCase<TAddress>>()];
        MemoryMarshal.Write(packet.AsSpan(EthernetHeader), in given);
        Assert.That(_answer.Run(packet), Is.Zero, "the program did not know the case");
        return MemoryMarshal.Read<LbCase<TAddress>>(packet.AsSpan(EthernetHeader));
    }

    public void Dispose() => _object.Dispose();

    private static BpfObject Open()
    {
        var name = $"lb{(int)TAddress.Family}";
        using var stream = typeof(LookupProgram<TBucket, TAddress>).Assembly.GetManifestResourceStream($"{name}.bpf.o")!;
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return BpfObject.Open(name, elf);
    }
}
