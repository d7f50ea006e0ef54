using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>
/// Makes every refusal a <see cref="YamlException"/> with its place, and refuses what is nested too deep before a tree is made
/// of it: that recurses, and would end the process.
/// </summary>
internal sealed class GuardedParser(IParser inner) : IParser
{
    private const int MaxDepth = 100;

    private int _depth;

    public ParsingEvent? Current => inner.Current;

    /// <exception cref="YamlException">The text is no YAML, or is nested too deep.</exception>
    public bool MoveNext()
    {
        var start = Current?.End ?? Mark.Empty;
        try
        {
            if (!inner.MoveNext())
            {
                return false;
            }
        }
        catch (Exception e) when (e is not (YamlException or IOException))
        {
            // YamlDotNet's scanner meets some broken texts with whatever its own lists throw.
            throw new YamlException(start, start, e.Message, e);
        }

        _depth += Current!.NestingIncrease;
        return _depth <= MaxDepth ? true : throw new YamlException(Current.Start, Current.End, $"nested deeper than {MaxDepth} levels");
    }
}
