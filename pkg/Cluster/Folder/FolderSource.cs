using System.Collections.Concurrent;
using System.Threading.Channels;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>
/// Takes Services, EndpointSlices, ServiceCIDRs and the own Node from the manifests in a folder (not from those below it) and follows their
/// changes. A file that cannot be read or parsed, and an object that cannot be used, is said with file and line; its last good
/// state stays in force; so does all that was known while the folder itself is gone.
/// </summary>
/// <param name="directory">Has to exist when the source starts.</param>
/// <param name="nodeName">As in <see cref="NodeConfig.NodeName"/>.</param>
public sealed class FolderSource(
    string directory,
    string nodeName,
    IObjectStore<Service> services,
    IObjectStore<EndpointSlice> slices,
    IObjectStore<Node> nodes,
    IObjectStore<ServiceCidr> serviceCidrs,
    InputProblems problems,
    ILogger<FolderSource> logger,
    TimeProvider time)
{
    // Whoever writes a file in place empties it first: what is read at once may be half of it.
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(30);

    // An edit of a file comes by itself, but not that another folder took the place of the one that is watched.
    private static readonly TimeSpan FolderPeriod = TimeSpan.FromSeconds(1);

    private readonly ManifestReader _reader = new(nodeName, problems, logger);
    private readonly ManifestCollection _files = new(logger);
    private readonly ConcurrentDictionary<string, bool> _touched = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile bool _missedEvents = true;
    private FileSystemWatcher? _watcher;
    private FolderIdentity? _watched;
    private bool _isGone;

    /// <summary>Says early what <see cref="RunAsync"/> could not start without.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public void Check()
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"the source '{directory}' is not a folder; it is to hold manifests (.yaml, .yml, .json)");
        }
    }

    /// <summary>Reads all there is, then follows changes until cancelled.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Check();
        using var timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, FolderPeriod, FolderPeriod);
        try
        {
            while (true)
            {
                if (TryWatch())
                {
                    Refresh();
                }

                await _wake.Reader.ReadAsync(cancellationToken);
                await Task.Delay(SettleTime, time, cancellationToken);
            }
        }
        finally
        {
            _watcher?.Dispose();
        }
    }

    // False while the folder is gone: then nothing is known of the files either, and what they held stays in force.
    private bool TryWatch()
    {
        var folder = FolderIdentity.Of(directory);
        try
        {
            if (folder is not null && folder != _watched)
            {
                var watcher = Watch();
                _watcher?.Dispose();
                (_watcher, _watched, _missedEvents) = (watcher, folder, true);
            }
        }
        catch (Exception e) when (_watched is not null && e is IOException or ArgumentException)
        {
            // Gone again since it was looked at.
            folder = null;
        }

        if (folder is null && !_isGone)
        {
            logger.Gone(directory);
        }

        _isGone = folder is null;
        return !_isGone;
    }

    // Editors keep drafts under hidden names, and under endings of their own.
    private static bool IsManifest(string file) =>
        !file.StartsWith('.') && Path.GetExtension(file) is ".yaml" or ".yml" or ".json";

    private FileSystemWatcher Watch()
    {
        var watcher = new FileSystemWatcher(directory)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size
                | NotifyFilters.Attributes,
        };
        watcher.Created += (_, e) => Touch(e.Name);
        watcher.Changed += (_, e) => Touch(e.Name);
        watcher.Deleted += (_, e) => Touch(e.Name);
        watcher.Renamed += (_, e) => Touch(e.OldName, e.Name);
        watcher.Error += (_, e) => TouchAll(e.GetException());
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void Touch(params ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
        {
            // A mounted ConfigMap changes all its files by renaming the folder '..data'.
            _missedEvents |= name is null || name.StartsWith("..", StringComparison.Ordinal);
            if (name is not null && IsManifest(name))
            {
                _touched[name] = true;
            }
        }

        _wake.Writer.TryWrite(true);
    }

    private void TouchAll(Exception reason)
    {
        logger.EventsLost(directory, reason.Message);
        _missedEvents = true;
        _wake.Writer.TryWrite(true);
    }

    private void Refresh()
    {
        var files = TakeTouched();
        if (files.Count == 0 && !_files.IsNew)
        {
            return;
        }

        foreach (var file in files)
        {
            _files.Put(file, _reader.Read(Path.Combine(directory, file), _files.Of(file)));
        }

        var all = _files.Merge();
        slices.Replace(all.Slices);
        nodes.Replace(all.Nodes);
        serviceCidrs.Replace(all.ServiceCidrs);
        services.Replace(all.Services);
    }

    private HashSet<string> TakeTouched()
    {
        var files = new HashSet<string>(StringComparer.Ordinal);
        if (_missedEvents)
        {
            _missedEvents = false;
            files.UnionWith(_files.Names);
            files.UnionWith(List());
        }

        foreach (var file in _touched.Keys)
        {
            if (_touched.TryRemove(file, out _))
            {
                files.Add(file);
            }
        }

        return files;
    }

    private List<string> List()
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Where(IsManifest)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.Unreadable(directory, e.Message);
            return [];
        }
    }
}
