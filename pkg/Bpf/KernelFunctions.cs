using System.Text;

namespace KubeProxyNext.Bpf;

/// <summary>Functions that the kernel has for programs (kfuncs), which are known by their types alone.</summary>
public static class KernelFunctions
{
    private const string TypesFolder = "/sys/kernel/btf";
    private const int ChunkBytes = 1 << 16;

    /// <summary>Whether the kernel, or a module that is loaded, has types of a function of this name.</summary>
    public static bool Exists(string name) =>
        Directory.Exists(TypesFolder) && Directory.EnumerateFiles(TypesFolder).Any(file => Contains(file, Encoding.ASCII.GetBytes($"\0{name}\0")));

    // Names are all that is needed, and in one place; to read all types would take a hundred times as long.
    private static bool Contains(string file, ReadOnlySpan<byte> text)
    {
        using var types = File.OpenRead(file);
        Span<byte> chunk = new byte[ChunkBytes];
        for (int kept = 0, read; (read = types.Read(chunk[kept..])) > 0;)
        {
            var filled = chunk[..(kept + read)];
            if (filled.IndexOf(text) >= 0)
            {
                return true;
            }

            kept = Math.Min(filled.Length, text.Length - 1);
            filled[^kept..].CopyTo(chunk);
        }

        return false;
    }
}
