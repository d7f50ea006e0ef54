using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What a Service's slices say of the weights of their endpoints, each for its own.</summary>
internal sealed class SliceWeights
{
    /// <summary>The annotation of an EndpointSlice: <c>address=weight</c>, several separated by commas.</summary>
    public const string Key = "kube-proxy-next.io/weights";

    private readonly Dictionary<IpAddress, ushort>?[] _bySlice;

    private SliceWeights(Dictionary<IpAddress, ushort>?[] bySlice) => _bySlice = bySlice;

    /// <summary>Null where no slice says anything, so that most Services do not pay for it.</summary>
    public static SliceWeights? Of(ValueArray<EndpointSlice> slices)
    {
        Dictionary<IpAddress, ushort>?[]? bySlice = null;
        for (var i = 0; i < slices.Count; i++)
        {
            if (Annotation.Find(slices[i].Annotations, Key) is { } text)
            {
                bySlice ??= new Dictionary<IpAddress, ushort>?[slices.Count];
                bySlice[i] = Parse(text, broken: null);
            }
        }

        return bySlice is null ? null : new SliceWeights(bySlice);
    }

    /// <summary>The weight of an address in one of the slices, by the slice's place in the list; 1 where the slice does not say.</summary>
    public ushort Of(int slice, IpAddress ip) =>
        _bySlice[slice] is { } weights && weights.TryGetValue(ip, out var weight) ? weight : (ushort)1;

    /// <summary>Reads the annotation. Blanks do not count; an entry that cannot be read, or names an address again, is left out.</summary>
    /// <param name="broken">Where to put entries that were left out.</param>
    public static Dictionary<IpAddress, ushort> Parse(string text, List<string>? broken)
    {
        var weights = new Dictionary<IpAddress, ushort>();
        foreach (var part in text.AsSpan().Split(','))
        {
            var entry = text.AsSpan()[part].Trim();
            if (!entry.IsEmpty && !(TryParseEntry(entry, out var ip, out var weight) && weights.TryAdd(ip, weight)))
            {
                broken?.Add(entry.ToString());
            }
        }

        return weights;
    }

    private static bool TryParseEntry(ReadOnlySpan<char> entry, out IpAddress ip, out ushort weight)
    {
        (ip, weight) = (default, 0);
        var sign = entry.IndexOf('=');
        return sign > 0 && IpAddress.TryParse(entry[..sign].Trim(), out ip) && TryParseWeight(entry[(sign + 1)..].Trim(), out weight);
    }

    // Digits alone: a sign or a blank within is no weight.
    private static bool TryParseWeight(ReadOnlySpan<char> text, out ushort weight)
    {
        weight = 0;
        return text.IndexOfAnyExceptInRange('0', '9') < 0 && ushort.TryParse(text, out weight);
    }
}
