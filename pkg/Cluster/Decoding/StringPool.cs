namespace KubeProxyNext.Cluster.Decoding;

/// <summary>
/// Makes equal strings one string: names of namespaces, ports, nodes and zones come a hundred thousand times over. It forgets
/// (a slot holds the newest of those that fall into it), so it never grows; what it forgets is only kept twice. Thread safe,
/// since a slot is one reference.
/// </summary>
internal sealed class StringPool
{
    private const int Slots = 4096;

    private readonly string?[] _slots = new string?[Slots];

    public string Intern(string text)
    {
        if (text.Length > ObjectLimits.Name)
        {
            return text;
        }

        ref var slot = ref _slots[string.GetHashCode(text) & (Slots - 1)];
        var held = slot;
        if (held == text)
        {
            return held;
        }

        slot = text;
        return text;
    }
}
