using System.Text.Json.Nodes;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>An open watch.</summary>
internal sealed class WatchReader(HttpResponseMessage answer, Stream stream) : IDisposable
{
    private readonly StreamReader _lines = new(stream);

    public HttpResponseMessage Answer => answer;

    /// <summary>The next event, or null at the clean end of the stream.</summary>
    public async Task<JsonNode?> NextAsync(CancellationToken cancellation = default) =>
        await _lines.ReadLineAsync(cancellation) is { } line ? JsonNode.Parse(line) : null;

    /// <summary>The next event as a person would note it: <c>ADDED web@17</c>.</summary>
    public async Task<string?> NoteAsync(CancellationToken cancellation = default) =>
        await NextAsync(cancellation) is { } e
            ? $"{e["type"]} {e["object"]!["metadata"]!["name"]}@{e["object"]!["metadata"]!["resourceVersion"]}"
            : null;

    public void Dispose()
    {
        _lines.Dispose();
        answer.Dispose();
    }
}
