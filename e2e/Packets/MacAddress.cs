namespace KubeProxyNext.Packets;

/// <summary>The address of a device on its link: 6 bytes, the first of them the highest of <see cref="Value"/>.</summary>
public readonly record struct MacAddress(ulong Value)
{
    public const int Length = 6;

    public static MacAddress Read(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (var part in bytes[..Length])
        {
            value = value << 8 | part;
        }

        return new(value);
    }

    /// <summary>Reads <c>02:00:00:00:00:01</c>.</summary>
    public static MacAddress Parse(string text) => Read(Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal)));

    public void Write(Span<byte> destination)
    {
        for (var index = 0; index < Length; index++)
        {
            destination[index] = (byte)(Value >> (Length - 1 - index) * 8);
        }
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return string.Join(':', bytes.ToArray().Select(part => $"{part:x2}"));
    }
}
