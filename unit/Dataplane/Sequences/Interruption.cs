namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary>The end of a process in the midst of its writes, as far as the maps can tell: this thread throws at one of the next of them.</summary>
internal sealed class Interruption() : Exception("as if killed")
{
    [ThreadStatic]
    private static int _left;

    /// <summary>Throws after so many more uses of addresses and buckets by this thread; 0 for never.</summary>
    internal static void After(int uses) => _left = uses;

    /// <summary>Tells whether it is still to come, and calls it off.</summary>
    internal static bool CallOff()
    {
        var isToCome = _left > 0;
        _left = 0;
        return isToCome;
    }

    internal static void Use()
    {
        if (_left > 0 && --_left == 0)
        {
            throw new Interruption();
        }
    }
}
