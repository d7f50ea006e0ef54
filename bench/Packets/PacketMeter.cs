using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bpf;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Packets;

/// <summary>Runs packet programs as those of one device, and an empty one to take off.</summary>
internal sealed class PacketMeter : IDisposable
{
    /// <summary>What programs return that send a packet on past the stack (<c>TC_ACT_REDIRECT</c>), or leave it alone (<c>TC_ACT_UNSPEC</c>).</summary>
    public const int Redirected = 7, LeftAlone = -1;

    private const int Largest = 2048;

    private readonly int _device;
    private readonly byte[] _left = new byte[Largest];
    private readonly BpfObject _object;

    public PacketMeter(int device)
    {
        _device = device;
        _object = BpfObject.Open("empty_tc", File.ReadAllBytes(Native.EmptyPacketProgram));
        _object.Load();
    }

    public BpfProgram Empty => _object.Programs.Single();

    /// <summary>The packet as the last program left it, and whatever was there before behind it.</summary>
    public ReadOnlySpan<byte> Left => _left;

    /// <summary>Runs a program of that hook, each time on what it left the time before.</summary>
    public PacketRun Run(BpfProgram program, DeviceHook hook, ReadOnlySpan<byte> frame, int repeat = 1)
    {
        var context = new PacketContext { Device = _device, IngressDevice = hook == DeviceHook.Ingress ? _device : 0 };
        return program.Run(frame, _left, ref context, repeat);
    }

    /// <summary>The same, where it is certain what the program does; nanoseconds of one run.</summary>
    /// <exception cref="LabException">It did something else.</exception>
    public double Time(BpfProgram program, DeviceHook hook, ReadOnlySpan<byte> frame, int verdict, int repeat = 1)
    {
        var run = Run(program, hook, frame, repeat);
        return run.Verdict == verdict ? run.Nanoseconds : throw new LabException($"{program.Name} returned {run.Verdict}, not {verdict}");
    }

    public void Dispose() => _object.Dispose();
}
