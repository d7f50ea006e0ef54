using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeProxyNext.Config.File;

/// <summary>Reads the first document of a YAML or JSON text.</summary>
internal sealed class FileParser
{
    private const int MaxDepth = 100;

    private readonly Parser _parser;
    private readonly string _name;
    private readonly Dictionary<AnchorName, FileNode> _anchors = [];
    private int _depth;

    private FileParser(TextReader text, string name) => (_parser, _name) = (new(text), name);

    /// <param name="name">What to call the file.</param>
    /// <returns>Null where there is nothing in it.</returns>
    /// <exception cref="ConfigurationException">It is neither.</exception>
    internal static FileNode? Parse(string text, string name)
    {
        var parser = new FileParser(new StringReader(text), name);
        try
        {
            parser._parser.Consume<StreamStart>();
            return parser._parser.TryConsume<DocumentStart>(out _) ? parser.ReadNode() : null;
        }
        catch (YamlException e)
        {
            throw new ConfigurationException([$"{name}:{e.Start.Line}: no YAML: {e.Message}"]);
        }
        catch (Exception e) when (e is not ConfigurationException)
        {
            // YamlDotNet's scanner meets some broken texts with whatever its own lists throw.
            throw new ConfigurationException([$"{name}: no YAML: {e.Message}"]);
        }
    }

    private FileNode ReadNode()
    {
        if (++_depth > MaxDepth)
        {
            throw new ConfigurationException([$"{_name}:{_parser.Current?.Start.Line}: nested deeper than {MaxDepth} levels"]);
        }

        var node = ReadNodeHere();
        _depth--;
        return node;
    }

    private FileNode ReadNodeHere()
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value, out var named)
                ? named
                : throw new ConfigurationException([$"{_name}:{alias.Start.Line}: nothing is called '{alias.Value}'"]);
        }

        var start = _parser.Consume<NodeEvent>();
        FileNode node = start switch
        {
            MappingStart => ReadMapping(start.Start.Line),
            SequenceStart => ReadList(start.Start.Line),
            Scalar scalar => new FileScalar(scalar.Start.Line, scalar.Value, scalar.Style == ScalarStyle.Plain),
            _ => throw new ConfigurationException([$"{_name}:{start.Start.Line}: not understood"]),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }

        return node;
    }

    private FileMapping ReadMapping(long line)
    {
        var entries = new List<(string, long, FileNode)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            entries.Add(ReadNode() is FileScalar key
                ? (key.Text, key.Line, ReadNode())
                : throw new ConfigurationException([$"{_name}:{_parser.Current?.Start.Line}: a key must be a single value"]));
        }

        return new(line, entries);
    }

    private FileList ReadList(long line)
    {
        var items = new List<FileNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode());
        }

        return new(line, items);
    }
}
