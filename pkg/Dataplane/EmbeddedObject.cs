using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane;

/// <summary>BPF objects as they are embedded in this assembly.</summary>
internal static class EmbeddedObject
{
    /// <summary>Opens an object as it was compiled.</summary>
    internal static BpfObject Open(string name)
    {
        using var stream = typeof(EmbeddedObject).Assembly.GetManifestResourceStream($"{name}.bpf.o")!;
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return BpfObject.Open(name, elf);
    }
}
