using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Where the fields of a struct lie, in C# and in C: offset and size by name, names compared without case and underscores.</summary>
internal static class Layout
{
    internal static IEnumerable<BtfField> Of(Type type) => type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Select(field => new BtfField(Plain(field.Name), OffsetOf(type, field), SizeOf(field.FieldType)))
        .OrderBy(field => field.Offset);

    internal static IEnumerable<BtfField> InBtf(Btf btf, string name) => btf.Struct(name)!
        .Select(field => field with { Name = Plain(field.Name) });

    internal static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    // Marshal.OffsetOf refuses generic structs, so the offset is found by writing ones into the field alone.
    private static int OffsetOf(Type type, FieldInfo field)
    {
        var boxed = RuntimeHelpers.GetUninitializedObject(type);
        var ones = RuntimeHelpers.GetUninitializedObject(field.FieldType);
        BytesOf(ones, SizeOf(field.FieldType)).Fill(0xff);
        field.SetValue(boxed, ones);
        return BytesOf(boxed, SizeOf(type)).IndexOf((byte)0xff);
    }

    private static Span<byte> BytesOf(object boxed, int size) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<Box>(boxed).First, size);

    // The field of a property is <Name>k__BackingField.
    private static string Plain(string name) =>
        name.TrimStart('<').Split('>')[0].Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private sealed class Box
    {
        internal byte First;
    }
}
