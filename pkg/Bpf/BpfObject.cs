using System.Runtime.InteropServices;
using System.Text;

namespace KubeProxyNext.Bpf;

/// <summary>
/// A compiled BPF object: opened, given its capacities and settings, then loaded, then attached. Not safe for use by several
/// threads at once.
/// </summary>
public sealed unsafe class BpfObject : SafeHandle
{
    private readonly string _name;

    private BpfObject(nint handle, string name)
        : base(0, ownsHandle: true)
    {
        SetHandle(handle);
        _name = name;
        Maps = [.. Each(LibBpf.bpf_object__next_map).Select(map => new BpfMap(map))];
        Programs = [.. Each(LibBpf.bpf_object__next_program).Select(program => new BpfProgram(program))];
        Btf = new Btf(new Span<byte>(LibBpf.btf__raw_data(LibBpf.bpf_object__btf(handle), out var size), (int)size).ToArray());
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The types of the object's C sources.</summary>
    public Btf Btf { get; }

    /// <summary>The maps that the sources declare, and the data sections (<c>.rodata</c>).</summary>
    public IReadOnlyList<BpfMap> Maps { get; }

    public IReadOnlyList<BpfProgram> Programs { get; }

    /// <summary>Parses an ELF file in memory; nothing goes to the kernel yet.</summary>
    /// <param name="name">Used in error messages and in the names that the kernel shows.</param>
    /// <exception cref="BpfException">It is not a BPF object that this libbpf understands.</exception>
    public static BpfObject Open(string name, ReadOnlySpan<byte> elf)
    {
        LibBpfLog.Start();
        fixed (byte* bytes = elf, text = Encoding.UTF8.GetBytes(name + '\0'))
        {
            var options = new LibBpf.ObjectOpenOptions { Size = (nuint)sizeof(LibBpf.ObjectOpenOptions), ObjectName = (nint)text };
            var opened = LibBpf.bpf_object__open_mem(bytes, (nuint)elf.Length, &options);
            var error = Marshal.GetLastPInvokeError();
            var log = LibBpfLog.Stop();
            return opened != 0 ? new BpfObject(opened, name) : throw new BpfException("open BPF object", name, error, log);
        }
    }

    public BpfMap Map(string name) =>
        Maps.FirstOrDefault(map => map.Name == name) ?? throw new ArgumentException($"BPF object {_name} has no map {name}", nameof(name));

    /// <summary>Sets a <c>const volatile</c> variable of <c>.rodata</c>; before <see cref="Load"/> only.</summary>
    public void SetConstant<T>(string variable, T value)
        where T : unmanaged
    {
        var field = Btf.DataSection(".rodata").FirstOrDefault(field => field.Name == variable);
        if (field.Size != sizeof(T))
        {
            throw new ArgumentException($"BPF object {_name} has no variable {variable} of {sizeof(T)} bytes", nameof(variable));
        }

        var section = Maps.First(map => map.Name.EndsWith(".rodata", StringComparison.Ordinal));
        MemoryMarshal.Write(section.InitialValue[field.Offset..], in value);
    }

    /// <summary>Makes the maps (or takes over those pinned at their paths) and has the programs verified.</summary>
    /// <exception cref="BpfException">The kernel refused: with the last lines of the verifier's or libbpf's log.</exception>
    public void Load()
    {
        LibBpfLog.Start();
        var result = LibBpf.bpf_object__load(handle);
        var error = Marshal.GetLastPInvokeError();
        var log = LibBpfLog.Stop();
        if (result != 0)
        {
            throw new BpfException("load BPF object", _name, error, log);
        }
    }

    protected override bool ReleaseHandle()
    {
        LibBpf.bpf_object__close(handle);
        return true;
    }

    private List<nint> Each(Func<nint, nint, nint> next)
    {
        var found = new List<nint>();
        for (var item = next(handle, 0); item != 0; item = next(handle, item))
        {
            found.Add(item);
        }

        return found;
    }
}
