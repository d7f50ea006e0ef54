using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Load;

/// <summary>The programs of <c>bench/native</c>, and the processors that they run on: client and server each have one.</summary>
internal static class Native
{
    public const int ClientCpu = 0;

    public static readonly int ServerCpu = Math.Min(1, Environment.ProcessorCount - 1);

    public static string Load => Find("load");

    public static string Sink => Find("sink");

    public static string EmptyPrograms => Find("empty.bpf.o");

    public static string EmptyPacketProgram => Find("empty_tc.bpf.o");

    private static string Find(string name)
    {
        var path = Path.Combine(Binary.RepositoryRoot, "out", "bench", name);
        return File.Exists(path) ? path : throw new LabException($"{path} is not there: run `make bench`");
    }
}
