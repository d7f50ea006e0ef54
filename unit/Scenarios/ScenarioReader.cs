using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Cluster;
using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace KubeProxyNext.Unit.Scenarios;

/// <summary>
/// Reads a scenario's manifests as the folder source does. Each is applied to what was there before, as kubectl does: an object
/// takes the place of the one with its name, and goes where it says <c>$patch: delete</c> or is none of ours any more.
/// </summary>
internal sealed class ScenarioReader : IDisposable
{
    private const string Patch = "$patch";

    private readonly Meter _meter = new(nameof(ScenarioReader));
    private readonly LogList _log = new();
    private readonly ManifestReader _reader;
    private int _told;

    public ScenarioReader(string nodeName) =>
        _reader = new(nodeName, new InputProblems(_log.For<InputProblems>(), _meter), _log.For<ManifestReader>());

    public ManifestFile Apply(string path, ManifestFile before)
    {
        var read = _reader.Read(path, before)!;
        var (named, deleted) = Named(path);
        var after = new ManifestFile();
        foreach (var (key, item) in before.Objects.Where(entry => !named.Contains(entry.Key))
            .Concat(read.Objects.Where(entry => !deleted.Contains(entry.Key))))
        {
            after.TryAdd(key.Kind, key.Name, item);
        }

        return after;
    }

    /// <summary>The warnings and errors since the last call, each file named as within its folder.</summary>
    public IReadOnlyList<string> TakeTold()
    {
        var lines = _log.Lines.Skip(_told).ToList();
        _told += lines.Count;
        return
        [
            .. lines.Where(line => line.Level >= LogLevel.Warning)
                .Select(line => Path.IsPathRooted(line.Text) ? Path.GetFileName(line.Text.Split(':')[0]) + line.Text[line.Text.IndexOf(':')..] : line.Text),
        ];
    }

    public void Dispose() => _meter.Dispose();

    private static (HashSet<(Type, ObjectName)> All, HashSet<(Type, ObjectName)> Deleted) Named(string path)
    {
        var yaml = new YamlStream();
        using (var text = File.OpenText(path))
        {
            yaml.Load(text);
        }

        var (all, deleted) = (new HashSet<(Type, ObjectName)>(), new HashSet<(Type, ObjectName)>());
        foreach (var manifest in yaml.Documents.SelectMany(document => Manifest.AllIn(document.RootNode)))
        {
            var key = KeyOf(manifest);
            all.Add(key);
            if (manifest.Root.Children.TryGetValue(new YamlScalarNode(Patch), out var patch) && patch.ToString() == "delete")
            {
                deleted.Add(key);
            }
        }

        return (all, deleted);
    }

    private static (Type, ObjectName) KeyOf(Manifest manifest) => manifest.Kind switch
    {
        "Service" => (typeof(Service), manifest.InNamespace().Name),
        "EndpointSlice" => (typeof(EndpointSlice), manifest.InNamespace().Name),
        "ServiceCIDR" => (typeof(ServiceCidr), manifest.Name),
        "Node" => (typeof(Node), manifest.Name),
        _ => (typeof(object), manifest.Name),
    };
}
