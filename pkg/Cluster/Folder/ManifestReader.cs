using System.Buffers;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Cluster.Yaml;
using Microsoft.Extensions.Logging;
using YamlDotNet.Core;

namespace KubeProxyNext.Cluster.Folder;

/// <summary>Reads one file of manifests. What is wrong is said with file and line, and what was good before takes its place.</summary>
internal sealed class ManifestReader(string nodeName, InputProblems problems, ILogger logger)
{
    // 100,000 Services with their slices are less than half of it.
    private const long MaxBytes = 256 << 20;

    private readonly ServiceCodec _services = new(problems, new());
    private readonly EndpointSliceCodec _slices = new(problems, new());
    private readonly NodeCodec _nodes = new(problems, new(), nodeName);
    private readonly ServiceCidrCodec _serviceCidrs = new(problems, new());

    /// <summary>The file's good objects; null if it is gone.</summary>
    /// <param name="before">What was good the last time; null for a new file.</param>
    public ManifestFile? Read(string path, ManifestFile? before)
    {
        try
        {
            if (IsEmpty(path))
            {
                return new();
            }

            using var text = File.OpenText(path);
            return Read(path, text, before ?? new());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.Unreadable(path, e.Message);
        }
        catch (YamlException e)
        {
            logger.Unparsable(path, e.Start.Line, e.Message);
        }

        return before ?? new();
    }

    // Pipes and devices have no length either: to open one may wait for ever, and to read one may never end.
    private static bool IsEmpty(string path)
    {
        var length = (File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)) is FileInfo { Exists: true } file ? file.Length : 1;
        return length <= MaxBytes ? length == 0 : throw new IOException($"it has {length} bytes, the limit is {MaxBytes}");
    }

    private ManifestFile Read(string path, StreamReader text, ManifestFile before)
    {
        var yaml = GuardedYaml.Load(text);
        var file = new ManifestFile();
        foreach (var manifest in yaml.Documents.SelectMany(document => Manifest.AllIn(document.RootNode)))
        {
            switch (manifest.ApiVersion, manifest.Kind)
            {
                case ("v1", "Service"):
                    Add(path, manifest.InNamespace(), _services, before, file);
                    break;
                case ("discovery.k8s.io/v1", "EndpointSlice"):
                    Add(path, manifest.InNamespace().WithPortNames(), _slices, before, file);
                    break;
                case ("v1", "Node"):
                    Add(path, manifest, _nodes, before, file);
                    break;
                case ("networking.k8s.io/v1" or "networking.k8s.io/v1beta1", "ServiceCIDR"):
                    Add(path, manifest, _serviceCidrs, before, file);
                    break;
                default:
                    logger.Skipped(path, manifest.Root.Start.Line, manifest.ApiVersion, manifest.Kind);
                    break;
            }
        }

        return file;
    }

    private void Add<T, TMessage>(string path, Manifest manifest, ResourceCodec<T, TMessage> codec, ManifestFile before, ManifestFile into)
        where T : class
        where TMessage : class, Google.Protobuf.IMessage<TMessage>
    {
        var sink = new ManifestProblems(path, manifest, problems, logger);
        var decoded = Decode(manifest, codec, sink);
        if (decoded.IsAbsent)
        {
            return;
        }

        var item = decoded.Object ?? before.Find(typeof(T), manifest.Name);
        if (item is not null && !into.TryAdd(typeof(T), manifest.Name, item))
        {
            sink.Report(new(codec.Resource, manifest.Name, "metadata.name", ProblemReason.BadValue, "the file holds it twice"));
        }
    }

    private static Decoded<T> Decode<T, TMessage>(Manifest manifest, ResourceCodec<T, TMessage> codec, ManifestProblems sink)
        where T : class
        where TMessage : class, Google.Protobuf.IMessage<TMessage>
    {
        try
        {
            return codec.Decode(WireFormat.Json, new ReadOnlySequence<byte>(YamlToJson.Convert(manifest.Root)), sink);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            // Half a surrogate pair, which YAML lets pass, is no text for JSON.
            sink.Report(new(codec.Resource, manifest.Name, "", ProblemReason.Undecodable, e.Message));
            return default;
        }
    }
}
