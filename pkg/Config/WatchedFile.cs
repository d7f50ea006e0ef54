namespace KubeProxyNext.Config;

/// <summary>
/// A file that is read once and watched from then on: a write, a rename, and another target of a link, as a mounted ConfigMap has them
/// (its folder <c>..data</c> is exchanged). That it is gone is no news: what it said counts.
/// </summary>
public sealed class WatchedFile : IDisposable
{
    // All fields with long lists are some thousands.
    private const int Longest = 1 << 20;

    private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<FileSystemWatcher> _watchers = [];

    private WatchedFile(string path)
    {
        Path = path;

        // Before it is read, so that nothing is missed; what comes while it is read finds nothing to compare with.
        Watch(System.IO.Path.GetFullPath(path));
        if (System.IO.File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target)
        {
            Watch(target.FullName);
        }

        Text = Read(path);
        Compare();
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    /// <summary>What it said when it was opened.</summary>
    public string Text { get; }

    /// <summary>Completes when it says something else, or has another name.</summary>
    public Task Changed => _changed.Task;

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public static WatchedFile Open(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            throw Directory.Exists(path)
                ? new IOException($"the configuration file '{path}' is a folder; see --config")
                : new FileNotFoundException($"the configuration file '{path}' is not there; see --config");
        }

        return new(path);
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dispose();
        }
    }

    private void Watch(string path)
    {
        var watcher = new FileSystemWatcher(System.IO.Path.GetDirectoryName(path)!)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        _watchers.Add(watcher);
        watcher.Created += (_, _) => Compare();
        watcher.Changed += (_, _) => Compare();
        watcher.Error += (_, _) => Compare();
        watcher.Renamed += (_, e) =>
        {
            if (e.OldFullPath == path)
            {
                _changed.TrySetResult();
            }

            Compare();
        };
        watcher.EnableRaisingEvents = true;
    }

    private static string Read(string path)
    {
        using var file = System.IO.File.OpenText(path);
        var text = new char[Longest + 1];
        var length = file.ReadBlock(text);
        return length <= Longest ? new(text, 0, length) : throw new IOException($"the configuration file '{path}' has more than {Longest} characters");
    }

    private void Compare()
    {
        try
        {
            if (Text is { } known && Read(Path) != known)
            {
                _changed.TrySetResult();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is gone, or being exchanged: another event comes, or none.
        }
    }
}
