namespace KubeProxyNext.Config.File;

/// <summary>
/// Reads a <c>KubeProxyConfiguration</c>. What a strict reader would not have is kept apart and does no harm; what cannot be
/// understood at all is said all at once.
/// </summary>
/// <param name="name">What to call the file.</param>
internal sealed class FileReader(string name)
{
    private static readonly HashSet<string> Sections =
        [.. Settings.ByField.Keys.SelectMany(field => field.Select((letter, i) => (letter, i)).Where(at => at.letter == '.').Select(at => field[..at.i]))];

    private readonly List<string> _lenience = [];
    private readonly List<string> _faults = [];
    private KubeProxyConfiguration _configuration = KubeProxyConfiguration.Default.FromFile(name);

    /// <summary>What is not known, or is there twice, with file and line.</summary>
    internal IReadOnlyList<string> Lenience => _lenience;

    /// <exception cref="ConfigurationException">It is none, or values are of other types.</exception>
    internal KubeProxyConfiguration Read(string text)
    {
        if (FileParser.Parse(text, name) is not FileMapping root)
        {
            throw new ConfigurationException([$"{name}: no {KubeProxyConfiguration.Kind}: there is no mapping in it"]);
        }

        Expect(root, "apiVersion", KubeProxyConfiguration.ApiVersion);
        Expect(root, "kind", KubeProxyConfiguration.Kind);
        if (_faults.Count == 0)
        {
            ReadSection("", root);
        }

        return _faults.Count == 0 ? _configuration : throw new ConfigurationException(_faults);
    }

    private void Expect(FileMapping root, string key, string value)
    {
        if (root.Text(key) is var text && text != value)
        {
            _faults.Add($"{name}: {key} must be {value}, " + (text.Length == 0 ? "and is missing" : $"not '{text}'"));
        }
    }

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
            _faults.Add($"{name}:{line}: {field} must be a mapping, not {node}");
        }
    }

    private void Set(Setting setting, long line, FileNode node)
    {
        if (setting.Read(node, out var value, out var isSet) is { } fault)
        {
            _faults.Add($"{name}:{line}: {setting.Field} {fault}");
        }
        else
        {
            _configuration = isSet ? _configuration.With(setting, value!) : _configuration.Without(setting);
        }
    }
}
