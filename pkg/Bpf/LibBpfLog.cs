using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeProxyNext.Bpf;

/// <summary>
/// Keeps what libbpf says while an object is loaded, since a refusal of the verifier is said there and nowhere else.
/// Per thread: libbpf calls back on the thread that called it.
/// </summary>
internal static unsafe class LibBpfLog
{
    private const int Debug = 2;
    private const int LongestMessage = 1 << 16;
    private const int LastLines = 12;

    [ThreadStatic]
    private static StringBuilder? _messages;

    static LibBpfLog() => LibBpf.libbpf_set_print(&Print);

    /// <summary>Begins to collect the messages of this thread.</summary>
    internal static void Start() => _messages = new StringBuilder();

    /// <summary>Ends the collection; the last lines of what was said.</summary>
    internal static string Stop()
    {
        var lines = (_messages?.ToString() ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _messages = null;
        return string.Join('\n', lines.TakeLast(LastLines));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level >= Debug || _messages is not { } messages)
        {
            return 0;
        }

        var buffer = new byte[LongestMessage];
        fixed (byte* start = buffer)
        {
            var length = LibC.vsnprintf(start, LongestMessage, format, arguments);
            messages.Append(Encoding.UTF8.GetString(buffer, 0, Math.Clamp(length, 0, LongestMessage - 1)));
        }

        return 0;
    }
}
