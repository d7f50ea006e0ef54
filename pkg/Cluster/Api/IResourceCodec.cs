using System.Buffers;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Api;

/// <summary>How the API server writes a body.</summary>
internal enum WireFormat
{
    Protobuf,
    Json,
}

internal enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}

/// <summary>One event of a watch stream.</summary>
/// <param name="Name">Of the object concerned; default for bookmarks and errors, and where the object is so broken that it has none.</param>
/// <param name="Object">
/// The object, for ADDED and MODIFIED; null for the other types, and where the object is unusable as a whole (said and counted
/// already): its last good state stays in force.
/// </param>
/// <param name="ResourceVersion">The version to resume from after this event; empty where the event carries none.</param>
/// <param name="EndsInitialEvents">A bookmark that closes a streaming list (annotation <c>k8s.io/initial-events-end</c>).</param>
/// <param name="Error">The Status, for ERROR.</param>
internal readonly record struct WatchEvent<T>(
    WatchEventType Type,
    ObjectName Name,
    T? Object,
    string ResourceVersion,
    bool EndsInitialEvents = false,
    ApiStatus? Error = null)
    where T : class;

/// <summary>One page of a list: <c>metadata.resourceVersion</c>, <c>metadata.continue</c> (empty on the last page) and the usable items.</summary>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string ResourceVersion, string Continue)
{
    /// <summary>Objects that are there and cannot be used: their last good state stays in force.</summary>
    public IReadOnlyList<ObjectName> Unusable { get; init; } = [];
}

/// <summary>A <c>metav1.Status</c>: what the server says when it says no.</summary>
/// <param name="Code">The HTTP code that it stands for; 0 where it says none.</param>
/// <param name="RetryAfterSeconds"><c>details.retryAfterSeconds</c>; 0 where there is none.</param>
internal sealed record ApiStatus(int Code, string Reason, string Message, int RetryAfterSeconds = 0);

/// <summary>One kind of object of the API: where it is served, and how its bodies become values of the model.</summary>
internal interface IResourceCodec<T>
    where T : class
{
    /// <summary>As a person would name it in a log line: <c>services</c>.</summary>
    string Resource { get; }

    /// <summary>Path with leading slash: <c>/api/v1/services</c>.</summary>
    string Path { get; }

    /// <summary>Where servers have it that do not serve <see cref="Path"/> yet, in the same form; null where there is no such place.</summary>
    string? OlderPath { get; }

    /// <summary>The selectors of behaviour 1.1, escaped for a query string; empty where there are none.</summary>
    string Selectors { get; }

    /// <summary>Reads the whole body of one page of a list.</summary>
    /// <exception cref="InvalidDataException">The body is not a list of this kind.</exception>
    ListPage<T> ReadList(WireFormat format, ReadOnlySequence<byte> body);

    /// <summary>
    /// Reads one event: for JSON one line of the stream, for protobuf one frame without its 4 bytes of length.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not an event of this kind.</exception>
    WatchEvent<T> ReadEvent(WireFormat format, ReadOnlySequence<byte> frame);
}
