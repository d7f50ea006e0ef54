using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeProxyNext.Cluster.Yaml;

/// <summary>
/// Makes every refusal a <see cref="YamlException"/> with its place, and refuses what would end the process, or keep it busy for ever, when a tree
/// is made of it: what is nested too deep, since that recurses, and keys that are no single values, since the hash of a key goes through all that
/// it holds, aliases and aliases of aliases.
/// </summary>
internal sealed class GuardedParser(IParser inner) : IParser
{
    private const int MaxDepth = 100;

    // What is open, from outside in: whether it is a mapping, and whether a key of it is next.
    private readonly Stack<(bool IsMapping, bool IsKeyNext)> _open = new();

    public ParsingEvent? Current => inner.Current;

    /// <exception cref="YamlException">The text is no YAML, or is refused.</exception>
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

        Follow(Current!);
        return true;
    }

    private void Follow(ParsingEvent now)
    {
        switch (now)
        {
            case MappingEnd or SequenceEnd:
                _open.Pop();
                break;
            case NodeEvent or AnchorAlias:
                TakePlace(now);
                break;
        }

        if (now is MappingStart or SequenceStart)
        {
            _open.Push((now is MappingStart, IsKeyNext: true));
            if (_open.Count > MaxDepth)
            {
                throw new YamlException(now.Start, now.End, $"nested deeper than {MaxDepth} levels");
            }
        }
    }

    private void TakePlace(ParsingEvent node)
    {
        if (!_open.TryPop(out var around))
        {
            return;
        }

        if (around is { IsMapping: true, IsKeyNext: true } && node is not Scalar)
        {
            throw new YamlException(node.Start, node.End, "a key that is not a single value");
        }

        _open.Push(around with { IsKeyNext = !around.IsKeyNext });
    }
}
