using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Cluster.Protobuf;
using KubeProxyNext.Model;
using WireFormat = KubeProxyNext.Cluster.Api.WireFormat;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>
/// What all kinds have in common. The envelope is taken off first; each object is decoded alone, so that one which cannot be
/// is a problem of its own and the rest stays.
/// </summary>
/// <typeparam name="T">The value of the model.</typeparam>
/// <typeparam name="TMessage">The message that JSON and protobuf are both read into.</typeparam>
internal abstract class ResourceCodec<T, TMessage>(
    string kind, MessageParser<TMessage> parser, IProblemSink problems, StringPool pool) : IResourceCodec<T>
    where T : class
    where TMessage : class, IMessage<TMessage>
{
    private const string InitialEventsEnd = "k8s.io/initial-events-end";
    private const string Unconvertible = "could not be converted";

    public abstract string Resource { get; }

    public abstract string Path { get; }

    public virtual string? OlderPath => null;

    public abstract string Selectors { get; }

    protected StringPool Pool => pool;

    /// <summary>Whether objects of this kind live in a namespace.</summary>
    protected virtual bool IsNamespaced => true;

    public ListPage<T> ReadList(WireFormat format, ReadOnlySequence<byte> body)
    {
        var list = format == WireFormat.Protobuf ? ProtobufBody.ReadList(body, $"{kind}List") : JsonBody.ReadList(body, $"{kind}List");
        var items = new List<T>(list.Items.Count);
        var unusable = new List<ObjectName>();
        foreach (var item in list.Items)
        {
            var decoded = Decode(format, item, problems);
            if (decoded.Object is { } usable)
            {
                items.Add(usable);
            }
            else if (!decoded.IsAbsent && decoded.Name != default)
            {
                unusable.Add(decoded.Name);
            }
        }

        return new(items, list.Metadata.ResourceVersion, list.Metadata.Continue) { Unusable = unusable };
    }

    public WatchEvent<T> ReadEvent(WireFormat format, ReadOnlySequence<byte> frame)
    {
        var body = format == WireFormat.Protobuf ? ProtobufBody.ReadEvent(frame) : JsonBody.ReadEvent(frame);
        var type = TypeOf(body.Type);
        if (type == WatchEventType.Error)
        {
            return new(type, default, null, "", Error: StatusReader.Read(format, body.Object));
        }

        if (body.Kind != kind)
        {
            throw new InvalidDataException($"the event is about a '{body.Kind}', not a '{kind}'");
        }

        return TryParse(format, body.Object, problems, out var message, out var head)
            ? EventOf(type, message)
            : new(type, head.Name, null, head.ResourceVersion);
    }

    /// <summary>Reads one object without an envelope; what is wrong with it goes to the given sink.</summary>
    public Decoded<T> Decode(WireFormat format, ReadOnlySequence<byte> body, IProblemSink sink) =>
        TryParse(format, body, sink, out var message, out var head) ? Map(message, sink) : new(head.Name, null);

    protected abstract ObjectMeta? MetadataOf(TMessage message);

    /// <summary>Whether the object is to be treated as if it did not exist (behaviour 1.1, 1.3, 1.4).</summary>
    protected abstract bool IsAbsent(TMessage message, ObjectMeta metadata, FieldReader fields);

    /// <summary>The value of the model, without what is unusable.</summary>
    protected abstract T Map(TMessage message, ObjectMeta metadata, FieldReader fields);

    private WatchEvent<T> EventOf(WatchEventType type, TMessage message)
    {
        var metadata = MetadataOf(message) ?? new();
        if (type == WatchEventType.Bookmark)
        {
            return new(type, default, null, metadata.ResourceVersion, metadata.Annotations.ContainsKey(InitialEventsEnd));
        }

        if (type == WatchEventType.Deleted)
        {
            return new(type, NameOf(metadata), null, metadata.ResourceVersion);
        }

        var decoded = Map(message, problems);
        return new(decoded.IsAbsent ? WatchEventType.Deleted : type, decoded.Name, decoded.Object, metadata.ResourceVersion);
    }

    private Decoded<T> Map(TMessage message, IProblemSink sink)
    {
        var limited = new LimitedSink(sink, Resource, ObjectLimits.Problems);
        var decoded = MapAll(message, limited);
        limited.Complete(decoded.Name);
        return decoded;
    }

    private Decoded<T> MapAll(TMessage message, LimitedSink sink)
    {
        var metadata = MetadataOf(message) ?? new();
        if (metadata.Name.Length > ObjectLimits.Name || metadata.Namespace.Length > ObjectLimits.Name)
        {
            sink.Report(new(Resource, default, "metadata", ProblemReason.TooLong, $"{Math.Max(metadata.Name.Length, metadata.Namespace.Length)}"));
            return default;
        }

        var fields = new FieldReader(Resource, NameOf(metadata), sink);
        if (metadata.Name.Length == 0 || (IsNamespaced && metadata.Namespace.Length == 0))
        {
            fields.Refuse("metadata", ProblemReason.MissingName, $"{metadata.Namespace}/{metadata.Name}");
            return default;
        }

        return IsAbsent(message, metadata, fields)
            ? new(fields.Name, null, IsAbsent: true)
            : new(fields.Name, Map(message, metadata, fields));
    }

    // The head is that of an object that cannot be used: its last good state stays in force, and that it is gone counts all the same.
    private bool TryParse(WireFormat format, ReadOnlySequence<byte> body, IProblemSink sink, out TMessage message, out ObjectHead head)
    {
        head = default;
        message = null!;
        if (body.Length > ObjectLimits.Object)
        {
            head = ObjectHead.Of(format, body);
            sink.Report(new(Resource, head.Name, "", ProblemReason.TooLarge, $"{body.Length}"));
            return false;
        }

        try
        {
            message = format == WireFormat.Protobuf ? ProtobufBody.Parse(parser, body) : JsonBody.Parse<TMessage>(body);
            return true;
        }
        catch (InvalidDataException e)
        {
            var field = (e.InnerException as JsonException)?.Path?.TrimStart('$', '.') ?? "";
            head = ObjectHead.Of(format, body);
            sink.Report(new(Resource, head.Name, field, ProblemReason.Undecodable, Describe(e.Message)));
            return false;
        }
    }

    // What a value could not be converted to is a type of this program: that tells nothing to whoever wrote the value.
    private static string Describe(string message)
    {
        var end = message.IndexOf(Unconvertible, StringComparison.Ordinal);
        return end < 0 ? message.Split(" Path: ")[0] : message[..(end + Unconvertible.Length)];
    }

    private ObjectName NameOf(ObjectMeta metadata) => new(pool.Intern(metadata.Namespace), metadata.Name);

    private static WatchEventType TypeOf(string text) => text switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        "ERROR" => WatchEventType.Error,
        _ => throw new InvalidDataException($"the event is of type '{text}'"),
    };
}
