namespace KubeProxyNext.Soak;

/// <summary>What was done when, on the clock that failures of <c>crowd</c> name, too: milliseconds since boot. Safe for use from several threads.</summary>
internal sealed class Journal
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public void Note(string text)
    {
        lock (_lock)
        {
            _lines.Add($"{Environment.TickCount64}: {text}");
        }
    }

    /// <summary>Writes it into a file.</summary>
    public void Save(string path)
    {
        lock (_lock)
        {
            File.WriteAllLines(path, _lines);
        }
    }
}
