using System.Runtime.InteropServices;

namespace KubeProxyNext.Unit.Programs.Packets.Wire;

/// <summary>What the kernel is told of a packet besides its bytes: <c>struct virtio_net_hdr</c>, in the machine's byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct WireHeader
{
    internal const int Size = 10;

    private const byte NeedsChecksum = 1;
    private const byte SegmentsOfTcp4 = 1, SegmentsOfTcp6 = 4, SegmentsOfUdp = 5;

    private byte _flags;
    private byte _segments;
    private ushort _headerLength;
    private ushort _segmentSize;
    private ushort _checksumStart;
    private ushort _checksumOffset;

    /// <summary>Somebody is to finish the checksum.</summary>
    /// <param name="start">Where what it is of begins in the packet.</param>
    /// <param name="offset">Where it is, from there on.</param>
    internal static WireHeader Unfinished(int start, int offset) =>
        new() { _flags = NeedsChecksum, _checksumStart = (ushort)start, _checksumOffset = (ushort)offset };

    /// <summary>And is to cut the packet into such segments.</summary>
    /// <param name="headers">The length of all headers.</param>
    internal WireHeader Segments(bool isTcp, bool isIPv4, int headers, int size) => this with
    {
        _segments = !isTcp ? SegmentsOfUdp : isIPv4 ? SegmentsOfTcp4 : SegmentsOfTcp6,
        _headerLength = (ushort)headers,
        _segmentSize = (ushort)size,
    };
}
