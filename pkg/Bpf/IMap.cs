namespace KubeProxyNext.Bpf;

/// <summary>A map of the kernel, whoever holds its descriptor: an object that was loaded with it, or who opened it at its pin.</summary>
public interface IMap
{
    /// <summary>Used in error messages.</summary>
    string Name { get; }

    /// <summary>The descriptor; it belongs to whoever holds the map.</summary>
    int Fd { get; }

    /// <summary>In bytes.</summary>
    int KeySize { get; }

    /// <summary>In bytes, for one CPU.</summary>
    int ValueSize { get; }

    int MaxEntries { get; }
}
