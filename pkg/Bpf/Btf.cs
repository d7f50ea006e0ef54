using System.Buffers.Binary;
using System.Text;

namespace KubeProxyNext.Bpf;

/// <summary>A member of a struct, or a variable of a data section: offset and size in bytes.</summary>
public readonly record struct BtfField(string Name, int Offset, int Size);

/// <summary>
/// Reads the structs and data sections out of BTF, the type information of a BPF object (kernel: Documentation/bpf/btf.rst).
/// </summary>
public sealed class Btf
{
    private const int PointerSize = 8;

    private readonly byte[] _data;
    private readonly int _strings;
    private readonly List<int> _types = [0];

    /// <param name="data">The raw section, of this machine's byte order.</param>
    /// <exception cref="InvalidDataException">The bytes are not BTF.</exception>
    public Btf(byte[] data)
    {
        if (data.Length < 24 || BinaryPrimitives.ReadUInt16LittleEndian(data) != 0xeb9f)
        {
            throw new InvalidDataException("not BTF: the magic number is missing");
        }

        _data = data;
        var header = (int)U32(4);
        _strings = header + (int)U32(16);
        var end = header + (int)U32(8) + (int)U32(12);
        for (var offset = header + (int)U32(8); offset < end; offset += SizeInSection(offset))
        {
            _types.Add(offset);
        }
    }

    private enum Kind
    {
        Void,
        Int,
        Pointer,
        Array,
        Struct,
        Union,
        Enum,
        Forward,
        Typedef,
        Volatile,
        Const,
        Restrict,
        Function,
        FunctionPrototype,
        Variable,
        DataSection,
        Float,
        DeclarationTag,
        TypeTag,
        Enum64,
    }

    /// <summary>The members of <c>struct name</c> in the order of their offsets; null where there is no such struct.</summary>
    public IReadOnlyList<BtfField>? Struct(string name)
    {
        var type = _types.FindIndex(1, offset => KindAt(offset) == Kind.Struct && NameAt(offset) == name);
        return type < 0 ? null : Members(_types[type]);
    }

    /// <summary>What values of a type are made of: every scalar in it, with its place; empty for no type (0).</summary>
    /// <param name="type">An id, as maps have for their keys and values.</param>
    public BtfLayout Layout(uint type)
    {
        var leaves = new List<BtfField>();
        if (type != 0)
        {
            AddLeaves((int)type, "", 0, leaves);
        }

        return new(type == 0 ? 0 : SizeOf((int)type), leaves);
    }

    /// <summary>The same of <c>struct name</c>; null where there is no such struct.</summary>
    public BtfLayout? LayoutOf(string name)
    {
        var type = _types.FindIndex(1, offset => KindAt(offset) == Kind.Struct && NameAt(offset) == name);
        return type < 0 ? null : Layout((uint)type);
    }

    /// <summary>Size in bytes of <c>struct name</c>; null where there is no such struct.</summary>
    public int? StructSize(string name)
    {
        var type = _types.FindIndex(1, offset => KindAt(offset) == Kind.Struct && NameAt(offset) == name);
        return type < 0 ? null : (int)U32(_types[type] + 8);
    }

    /// <summary>The variables of a section such as <c>.rodata</c>; empty where there is no such section.</summary>
    public IReadOnlyList<BtfField> DataSection(string name)
    {
        var type = _types.FindIndex(1, offset => KindAt(offset) == Kind.DataSection && NameAt(offset) == name);
        if (type < 0)
        {
            return [];
        }

        var start = _types[type] + 12;
        return [.. Enumerable.Range(0, CountAt(_types[type]))
            .Select(i => start + i * 12)
            .Select(entry => new BtfField(NameAt(_types[(int)U32(entry)]), (int)U32(entry + 4), (int)U32(entry + 8)))];
    }

    private List<BtfField> Members(int type)
    {
        var members = new List<BtfField>();
        for (var i = 0; i < CountAt(type); i++)
        {
            var member = type + 12 + i * 12;
            members.Add(new(String(U32(member)), (int)(U32(member + 8) & 0xffffff) / 8, SizeOf((int)U32(member + 4))));
        }

        return members;
    }

    private void AddLeaves(int type, string path, int offset, List<BtfField> leaves)
    {
        var at = _types[type];
        switch (KindAt(at))
        {
            case Kind.Struct or Kind.Union:
                for (var i = 0; i < CountAt(at); i++)
                {
                    var member = at + 12 + i * 12;
                    var name = String(U32(member));
                    AddLeaves((int)U32(member + 4), path.Length > 0 ? $"{path}.{name}" : name, offset + (int)(U32(member + 8) & 0xffffff) / 8, leaves);
                }

                break;
            case Kind.Array:
                var (element, count) = ((int)U32(at + 12), (int)U32(at + 20));
                for (var i = 0; i < count; i++)
                {
                    AddLeaves(element, $"{path}[{i}]", offset + i * SizeOf(element), leaves);
                }

                break;
            case Kind.Typedef or Kind.Volatile or Kind.Const or Kind.Restrict or Kind.TypeTag:
                AddLeaves((int)U32(at + 8), path, offset, leaves);
                break;
            default:
                leaves.Add(new(path, offset, SizeOf(type)));
                break;
        }
    }

    private int SizeOf(int id)
    {
        var offset = _types[id];
        return KindAt(offset) switch
        {
            Kind.Pointer => PointerSize,
            Kind.Array => SizeOf((int)U32(offset + 12)) * (int)U32(offset + 20),
            Kind.Typedef or Kind.Volatile or Kind.Const or Kind.Restrict or Kind.TypeTag or Kind.Variable => SizeOf((int)U32(offset + 8)),
            _ => (int)U32(offset + 8),
        };
    }

    private int SizeInSection(int offset) => 12 + KindAt(offset) switch
    {
        Kind.Int or Kind.Variable or Kind.DeclarationTag => 4,
        Kind.Array => 12,
        Kind.Struct or Kind.Union or Kind.DataSection or Kind.Enum64 => CountAt(offset) * 12,
        Kind.Enum or Kind.FunctionPrototype => CountAt(offset) * 8,
        _ => 0,
    };

    private Kind KindAt(int offset) => (Kind)(U32(offset + 4) >> 24 & 0x1f);

    private int CountAt(int offset) => (int)(U32(offset + 4) & 0xffff);

    private string NameAt(int offset) => String(U32(offset));

    private string String(uint at)
    {
        var text = _data.AsSpan(_strings + (int)at);
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_data.AsSpan(offset));
}
