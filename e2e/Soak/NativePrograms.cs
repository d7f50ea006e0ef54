using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Soak;

/// <summary>The programs of <c>native/</c>, as built.</summary>
internal static class NativePrograms
{
    /// <summary>What backends listen on: <c>native/stream.h</c>.</summary>
    public const int BriefPort = 8080, DatagramPort = 9007, StreamPort = 9009;

    public static string Crowd => Find("crowd");

    public static string Answer => Find("answer");

    private static string Find(string name)
    {
        var path = Path.Combine(Binary.RepositoryRoot, "out", "soak", name);
        return File.Exists(path) ? path : throw new LabException($"{path} is not there: run `make -C e2e/Soak/native`");
    }
}
