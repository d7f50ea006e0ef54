using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>The files of the folder by name. Of two that hold the same object the first by name counts, which is said once.</summary>
internal sealed class ManifestCollection(ILogger logger)
{
    private readonly SortedDictionary<string, ManifestFile> _files = new(StringComparer.Ordinal);
    private HashSet<(string File, Type Kind, ObjectName Name)> _said = [];

    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>Nothing was merged yet.</summary>
    public bool IsNew { get; private set; } = true;

    public ManifestFile? Of(string file) => _files.GetValueOrDefault(file);

    /// <summary>Null is a file that is gone.</summary>
    public void Put(string file, ManifestFile? content)
    {
        if (content is null)
        {
            _files.Remove(file);
        }
        else
        {
            _files[file] = content;
        }
    }

    public ManifestFile Merge()
    {
        var all = new ManifestFile();
        var owners = new Dictionary<(Type, ObjectName), string>();
        var said = new HashSet<(string, Type, ObjectName)>();
        foreach (var (file, content) in _files)
        {
            foreach (var (key, item) in content.Objects)
            {
                if (all.TryAdd(key.Kind, key.Name, item))
                {
                    owners.Add(key, file);
                }
                else if (said.Add((file, key.Kind, key.Name)) && !_said.Contains((file, key.Kind, key.Name)))
                {
                    logger.Duplicate(file, key.Kind.Name, InputProblems.NameOf(key.Name), owners[key]);
                }
            }
        }

        (_said, IsNew) = (said, false);
        return all;
    }
}
