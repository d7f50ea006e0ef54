using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeProxyNext.Dataplane.Maps;

/// <summary><c>struct bind_event</c> in bpf/lib/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct BindEventValue<TAddress>
    where TAddress : unmanaged, IMapAddress<TAddress>
{
    internal readonly uint Pid;
    internal readonly ushort Port;
    internal readonly byte Protocol;
    internal readonly byte Family;
    internal readonly uint Service;
    internal readonly TAddress Addr;
    internal readonly Name Comm;

    /// <summary>The name of a task, which ends at the first 0.</summary>
    [InlineArray(16)]
    [SuppressMessage("Style", "IDE0044", Justification = "only the programs write it")]
    internal struct Name
    {
        private byte _first;

        public override string ToString()
        {
            ReadOnlySpan<byte> bytes = this;
            var end = bytes.IndexOf((byte)0);
            return System.Text.Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        }
    }
}
