using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>
/// A network device whose other end is in the test's hand (tun, tap): what is sent here comes in by the device, and what leaves by it is received
/// here, with the checksums finished and cut into segments as on the wire. It is gone with this object.
/// </summary>
internal sealed unsafe class WireDevice : IDisposable
{
    private const int Largest = 1 << 16;
    private const short Tun = 1, Tap = 2, NoPacketInfo = 0x1000, WithHeader = 0x4000;

    private readonly SafeFileHandle _file = LibC.open("/dev/net/tun", LibC.ReadWrite | LibC.NonBlocking | LibC.CloseOnExec);
    private readonly byte[] _buffer = new byte[Largest];

    /// <summary>Makes the device in the network namespace of the calling thread.</summary>
    internal WireDevice(NodeDevice device)
    {
        Assert.That(_file.IsInvalid, Is.False, "open /dev/net/tun");
        var index = device.Index;
        Must(LibC.ioctl(_file, LibC.SetIndex, &index), "set index");
        var request = new LibC.InterfaceRequest { Flags = (short)((device.HasEthernet ? Tap : Tun) | NoPacketInfo | WithHeader) };
        Encoding.ASCII.GetBytes(device.Name).CopyTo(new Span<byte>(request.Name, 16));
        Must(LibC.ioctl(_file, LibC.SetInterface, &request), "make device");
    }

    internal void Send(WireHeader header, ReadOnlySpan<byte> packet)
    {
        byte[] bytes = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<WireHeader>(in header)), .. packet];
        fixed (byte* data = bytes)
        {
            Must(LibC.write(_file, data, (nuint)bytes.Length), "send");
        }
    }

    /// <summary>The next packet that leaves by the device; null where none does within so long.</summary>
    internal byte[]? Receive(TimeSpan within)
    {
        var start = Stopwatch.GetTimestamp();
        for (var left = within; left >= TimeSpan.Zero; left = within - Stopwatch.GetElapsedTime(start))
        {
            var request = new LibC.PollRequest { Fd = (int)_file.DangerousGetHandle(), Events = LibC.PollIn };
            if (LibC.poll(&request, 1, (int)left.TotalMilliseconds) > 0)
            {
                return Read();
            }

            if (within == TimeSpan.Zero)
            {
                break;
            }
        }

        return null;
    }

    public void Dispose() => _file.Dispose();

    private byte[] Read()
    {
        fixed (byte* data = _buffer)
        {
            var length = LibC.read(_file, data, Largest);
            Must(length, "receive");
            return _buffer[WireHeader.Size..(int)length];
        }
    }

    private static void Must(long result, string what) =>
        Assert.That(result, Is.Not.Negative, $"{what}: errno {Marshal.GetLastPInvokeError()}");
}
