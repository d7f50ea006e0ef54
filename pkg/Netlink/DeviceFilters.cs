using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeProxyNext.Netlink;

/// <summary>A filter at a device's <c>clsact</c> qdisc.</summary>
/// <param name="Kind">Its classifier: <c>bpf</c>, <c>flower</c>.</param>
/// <param name="ProgramId">Of the BPF program that it runs; 0 for none.</param>
public readonly record struct DeviceFilter(string Kind, uint ProgramId);

/// <summary>The filters at a device's <c>clsact</c> qdisc, as <c>tc filter show</c> shows them.</summary>
public static class DeviceFilters
{
    private const string Request = "RTM_GETTFILTER";

    // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), and TC_H_MIN_EGRESS.
    private static readonly uint[] Hooks = [0xfffffff2, 0xfffffff3];

    // TCA_*, TCA_BPF_*
    private const int AttributeKind = 1;
    private const int AttributeOptions = 2;
    private const int AttributeProgramId = 11;

    /// <summary>Lists those of both directions, of a device of the calling thread's network namespace; none where it has no such qdisc.</summary>
    /// <exception cref="NetlinkException">The kernel refused: above all, where there is no such device.</exception>
    public static IReadOnlyList<DeviceFilter> List(int device)
    {
        using var dump = new DumpSocket();
        return [.. Hooks.SelectMany(hook => dump.List(KindAt(device, hook)))];
    }

    private static DumpKind<DeviceFilter> KindAt(int device, uint hook)
    {
        var header = new FilterHeader(device, hook);
        return new(Request, Rtnetlink.GetFilter, MemoryMarshal.AsBytes(new ReadOnlySpan<FilterHeader>(in header)).ToArray(), Rtnetlink.NewFilter, Read);
    }

    private static void Read(ReadOnlySpan<byte> body, ICollection<DeviceFilter> filters)
    {
        var (kind, program) = ("", 0u);
        var attributes = new AttributeReader(body[Unsafe.SizeOf<FilterHeader>()..], Request);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case AttributeKind:
                    kind = Encoding.UTF8.GetString(attributes.Value.TrimEnd((byte)0));
                    break;
                case AttributeOptions when kind == "bpf":
                    program = ReadProgram(attributes.Value);
                    break;
            }
        }

        // The head of those of one priority, which comes before them.
        if (MemoryMarshal.Read<FilterHeader>(body).Handle != 0)
        {
            filters.Add(new(kind, program));
        }
    }

    private static uint ReadProgram(ReadOnlySpan<byte> options)
    {
        var attributes = new AttributeReader(options, Request);
        while (attributes.Next())
        {
            if (attributes.Type == AttributeProgramId)
            {
                return MemoryMarshal.Read<uint>(attributes.Value);
            }
        }

        return 0;
    }

    /// <summary><c>struct tcmsg</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct FilterHeader(int device, uint parent)
    {
        public readonly byte Family;
        public readonly byte Pad1;
        public readonly ushort Pad2;
        public readonly int Device = device;
        public readonly uint Handle;
        public readonly uint Parent = parent;
        public readonly uint Info;
    }
}
