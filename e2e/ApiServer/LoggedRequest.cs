namespace KubeProxyNext.ApiServer;

/// <summary>One request that arrived.</summary>
/// <param name="Number">The first is 1.</param>
/// <param name="Method">As in <c>GET</c>.</param>
/// <param name="Query">As sent, without the question mark.</param>
/// <param name="Parameters">The query's parameters, unescaped.</param>
/// <param name="Headers">By name, whatever its case.</param>
/// <param name="Resource">Null where the path is none of a kind that is served.</param>
public sealed record LoggedRequest(
    int Number,
    string Method,
    string Path,
    string Query,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyDictionary<string, string> Headers,
    ApiResource? Resource)
{
    public bool IsWatch => Parameters.GetValueOrDefault("watch") is "1" or "true";

    public bool IsStreamingList => IsWatch && Parameters.GetValueOrDefault("sendInitialEvents") is ("1" or "true");

    public bool IsList => Resource is not null && !IsWatch && Method == "GET";

    public override string ToString() => $"#{Number} {Method} {Path}?{Query}";
}
