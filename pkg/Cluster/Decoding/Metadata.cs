using System.Globalization;
using KubeProxyNext.Cluster.Protobuf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>What is read of <c>metadata</c>, whatever the kind.</summary>
internal static class Metadata
{
    private const string OwnPrefix = "kube-proxy-next.io/";
    private const string TriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

    /// <summary>Empty where there is none, or something other than the server's form of one.</summary>
    public static Guid Uid(ObjectMeta metadata) => Guid.TryParseExact(metadata.Uid, "D", out var uid) ? uid : Guid.Empty;

    /// <summary>The default time where there is none, or none that the calendar knows.</summary>
    public static DateTimeOffset Created(ObjectMeta metadata)
    {
        var seconds = metadata.CreationTimestamp?.Seconds ?? 0;
        return seconds > 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : default;
    }

    /// <summary>The annotations that are meant for this proxy, sorted by key.</summary>
    public static ValueArray<KeyValuePair<string, string>> OwnAnnotations(ObjectMeta metadata, FieldReader fields)
    {
        List<KeyValuePair<string, string>>? own = null;
        foreach (var annotation in metadata.Annotations)
        {
            if (annotation.Key.StartsWith(OwnPrefix, StringComparison.Ordinal)
                && fields.IsShort(annotation.Key, ObjectLimits.Name + ObjectLimits.PortName, "metadata.annotations")
                && fields.IsShort(annotation.Value, ObjectLimits.Annotation, "metadata.annotations"))
            {
                (own ??= []).Add(annotation);
            }
        }

        own?.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return own is null ? [] : [.. own];
    }

    /// <summary>When that happened which made the controller write the slice; null where it does not say.</summary>
    public static DateTimeOffset? LastTrigger(ObjectMeta metadata) =>
        metadata.Annotations.TryGetValue(TriggerTime, out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
