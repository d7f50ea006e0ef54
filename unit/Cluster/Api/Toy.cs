using System.Buffers;
using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Api;

/// <summary>The least that can be listed and watched.</summary>
internal sealed record Toy(ObjectName Name, string Value);

/// <summary>
/// Writes a list as lines <c>version continue</c> and <c>name value</c>; an event as <c>ADDED name value version</c>,
/// <c>BOOKMARK version [end]</c> or <c>ERROR code reason</c>, framed as the format asks. A value of <c>-</c> is unusable.
/// </summary>
internal sealed class ToyCodec(string selectors = "", string? olderPath = null) : IResourceCodec<Toy>
{
    public string Resource => "toys";

    public string Path => "/toys";

    public string? OlderPath => olderPath;

    public string Selectors => selectors;

    public static ObjectName Name(string name) => new("ns", name);

    public ListPage<Toy> ReadList(WireFormat format, ReadOnlySequence<byte> body)
    {
        var lines = Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var head = Words(lines[0], 1);
        return new ListPage<Toy>(
            [.. lines.Skip(1).Select(l => Words(l, 2)).Select(w => new Toy(Name(w[0]), w[1]))], head[0], head.ElementAtOrDefault(1) ?? "");
    }

    public WatchEvent<Toy> ReadEvent(WireFormat format, ReadOnlySequence<byte> frame)
    {
        var words = Words(Encoding.UTF8.GetString(frame), 2);
        return words[0] switch
        {
            "BOOKMARK" => new(WatchEventType.Bookmark, default, null, words[1], words.Length > 2),
            "ERROR" => new(WatchEventType.Error, default, null, "", Error: new ApiStatus(int.Parse(words[1]), words[2], "as told")),
            "DELETED" => new(WatchEventType.Deleted, Name(words[1]), null, words[3]),
            "ADDED" or "MODIFIED" => new(
                Enum.Parse<WatchEventType>(words[0], true), Name(words[1]), words[2] == "-" ? null : new Toy(Name(words[1]), words[2]), words[3]),
            var other => throw new InvalidDataException($"'{other}' is no event"),
        };
    }

    private static string[] Words(string line, int least)
    {
        var words = line.Trim().Split(' ');
        return words.Length >= least ? words : throw new InvalidDataException($"'{line}' has too few words");
    }
}
