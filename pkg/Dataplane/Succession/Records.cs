using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>Hears of one entry of a map.</summary>
internal delegate void RecordReader(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

/// <summary>Goes through the entries of maps whose types are those of another build.</summary>
internal static class Records
{
    /// <summary>All entries; those of an array in their order, save those in which nothing is.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot read many entries at once.</exception>
    internal static void Each(PinnedMap map, RecordReader read)
    {
        var reader = new BatchReader(map);
        while (reader.Read())
        {
            for (var i = 0; i < reader.Count; i++)
            {
                var value = reader.Value(i);
                if (value.ContainsAnyExcept((byte)0))
                {
                    read(reader.Key(i), value);
                }
            }
        }
    }

    /// <summary>All entries, as they are in layouts of now.</summary>
    /// <exception cref="BpfException">The kernel refused, or cannot read many entries at once.</exception>
    internal static void Each(PinnedMap map, BtfLayout key, BtfLayout value, RecordReader read)
    {
        RecordConversion keys = new(map.KeyLayout, key), values = new(map.ValueLayout, value);
        byte[] keyNow = new byte[key.Size], valueNow = new byte[value.Size];
        Each(map, (keyThen, valueThen) =>
        {
            keys.Convert(keyThen, keyNow);
            values.Convert(valueThen, valueNow);
            read(keyNow, valueNow);
        });
    }
}
