namespace KubeProxyNext.Config.File;

/// <summary>
/// Reads a <c>KubeProxyConfiguration</c>. What a strict reader would not have is kept apart and does no harm; values of other types
/// are kept apart, too, to be said with all else that is wrong.
/// </summary>
/// <param name="name">What to call the file.</param>
internal sealed class FileReader(string name)
{
    private static readonly HashSet<string> Sections =
        [.. Settings.ByField.Keys.SelectMany(field => field.Select((letter, i) => (letter, i)).Where(at => at.letter == '.').Select(at => field[..at.i]))];

    private readonly List<string> _lenience = [];
    private readonly List<(long Line, string Text)> _faults = [];
    private readonly Dictionary<Setting, long> _lines = [];
    private readonly HashSet<Setting> _misread = [];
    private KubeProxyConfiguration _configuration = KubeProxyConfiguration.Default.FromFile(name);

    /// <summary>What is not known, or is there twice, with file and line.</summary>
    internal IReadOnlyList<string> Lenience => _lenience;

    /// <returns>Without values that are of other types: <see cref="AllWrong"/> has them.</returns>
    /// <exception cref="ConfigurationException">It is none.</exception>
    internal KubeProxyConfiguration Read(string text)
    {
        if (FileParser.Parse(text, name) is not FileMapping root)
        {
            throw new ConfigurationException([$"{name}: no {KubeProxyConfiguration.Kind}: there is no mapping in it"]);
        }

        string[] others = [.. Expect(root, "apiVersion", KubeProxyConfiguration.ApiVersion), .. Expect(root, "kind", KubeProxyConfiguration.Kind)];
        if (others.Length > 0)
        {
            throw new ConfigurationException(others);
        }

        ReadSection("", root);
        return _configuration;
    }

    /// <summary>All that is wrong, in the order of the file, with file and line; a line each.</summary>
    /// <param name="faults">What is wrong with what was read. What is about a value that could not be read is left out.</param>
    internal IReadOnlyList<string> AllWrong(IEnumerable<Fault> faults) =>
    [
        .. _faults.Concat(faults.Where(fault => !fault.About.Any(_misread.Contains)).Select(fault => (Line: LineOf(fault), fault.Text)))
            .OrderBy(fault => fault.Line).ThenBy(fault => fault.Text, StringComparer.Ordinal)
            .Select(fault => fault.Line == 0 ? $"{name}: {fault.Text}" : $"{name}:{fault.Line}: {fault.Text}"),
    ];

    // What is missing has no line; what wants it may have one.
    private long LineOf(Fault fault) => fault.About.Select(setting => _lines.GetValueOrDefault(setting)).FirstOrDefault(line => line > 0);

    private IEnumerable<string> Expect(FileMapping root, string key, string value) => root.Text(key) is var text && text != value
        ? [$"{name}: {key} must be {value}, " + (text.Length == 0 ? "and is missing" : $"not '{text}'")]
        : [];

    private void ReadSection(string path, FileMapping section)
    {
        var seen = new HashSet<string>();
        foreach (var (key, line, value) in section.Entries)
        {
            var field = path.Length == 0 ? key : $"{path}.{key}";
            if (!seen.Add(key))
            {
                _lenience.Add($"{name}:{line}: {field} is there twice; the last one counts");
            }

            ReadEntry(field, line, value);
        }
    }

    private void ReadEntry(string field, long line, FileNode node)
    {
        if (Settings.ByField.TryGetValue(field, out var setting))
        {
            Set(setting, line, node);
        }
        else if (!Sections.Contains(field))
        {
            if (field is not ("apiVersion" or "kind"))
            {
                _lenience.Add($"{name}:{line}: {field} is not known");
            }
        }
        else if (node is FileMapping section)
        {
            ReadSection(field, section);
        }
        else if (!node.IsNull)
        {
            _faults.Add((line, $"{field} must be a mapping, not {node}"));
        }
    }

    private void Set(Setting setting, long line, FileNode node)
    {
        _lines[setting] = line;
        if (setting.Read(node, out var value, out var isSet) is { } fault)
        {
            _faults.Add((line, $"{setting.Field} {fault}"));
            _misread.Add(setting);
        }
        else
        {
            _configuration = isSet ? _configuration.With(setting, value!) : _configuration.Without(setting);
        }
    }
}
