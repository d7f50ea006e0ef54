using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace KubeProxyNext.Cluster.Events;

/// <summary>Writes an event as <c>events.k8s.io/v1</c> has it, within the lengths that the API server takes (behaviour 11.4).</summary>
internal static class EventBody
{
    // Of the validation of events.k8s.io/v1, in bytes.
    private const int LongestWord = 128;
    private const int LongestNote = 1024;

    /// <param name="nodeName">Which of all nodes says it.</param>
    public static ReadOnlyMemory<byte> Write(ServiceEvent e, string nodeName)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("apiVersion", "events.k8s.io/v1");
        json.WriteString("kind", "Event");
        WriteMetadata(json, e);
        json.WriteString("eventTime", $"{e.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}");
        json.WriteString("reportingController", "kube-proxy-next");
        json.WriteString("reportingInstance", Fit(nodeName, LongestWord));
        json.WriteString("action", Fit(e.Action, LongestWord));
        json.WriteString("reason", Fit(e.Reason, LongestWord));
        WriteRegarding(json, e);
        json.WriteString("note", Fit(e.Note, LongestNote));
        json.WriteString("type", e.IsWarning ? "Warning" : "Normal");
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteMetadata(Utf8JsonWriter json, ServiceEvent e)
    {
        json.WriteStartObject("metadata");
        json.WriteString("name", e.Name);
        json.WriteString("namespace", e.Namespace);
        json.WriteEndObject();
    }

    private static void WriteRegarding(Utf8JsonWriter json, ServiceEvent e)
    {
        json.WriteStartObject("regarding");
        json.WriteString("apiVersion", "v1");
        json.WriteString("kind", e.IsOfNode ? "Node" : "Service");
        if (!e.IsOfNode)
        {
            json.WriteString("namespace", e.Service.Namespace);
        }

        json.WriteString("name", e.Service.Name);
        if (e.Uid != Guid.Empty)
        {
            json.WriteString("uid", e.Uid);
        }

        json.WriteEndObject();
    }

    // Whole characters only.
    private static ReadOnlySpan<char> Fit(string text, int bytes)
    {
        Utf8.FromUtf16(text, stackalloc byte[bytes], out var read, out _);
        return text.AsSpan(0, read);
    }
}
