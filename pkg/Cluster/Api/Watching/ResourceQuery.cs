namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>The URLs of one kind of object.</summary>
internal sealed class ResourceQuery(string path, string? olderPath, string selectors)
{
    private const string FieldSelector = "fieldSelector=";

    private string _selectors = selectors;
    private bool _isAtOlderPath;

    /// <summary>The present state of everything as events, closed by a bookmark, and then what changes (KEP-3157).</summary>
    public string StreamingList(int timeoutSeconds) => With(
        $"watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds={timeoutSeconds}");

    /// <summary>What changes after the version.</summary>
    public string Watch(string version, int timeoutSeconds) => With(
        $"watch=1&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(version)}&timeoutSeconds={timeoutSeconds}");

    /// <summary>
    /// A page of a list. No version is asked for, so the answer is what holds now: after an expired version, anything older
    /// might go back in time.
    /// </summary>
    /// <param name="limit">0 for all at once.</param>
    /// <param name="continueToken">Empty for the first page.</param>
    public string Page(int limit, string continueToken) => With(
        (limit, continueToken) switch
        {
            (0, _) => "",
            (_, "") => $"limit={limit}",
            _ => $"limit={limit}&continue={Uri.EscapeDataString(continueToken)}",
        });

    /// <summary>
    /// Goes on without the field selector; the reader filters again anyway (behaviour 1.1). False where there is none, and
    /// for <c>metadata.name</c>, which every server knows and without which all objects would come.
    /// </summary>
    public bool TryDropFieldSelector()
    {
        var parts = _selectors.Split('&');
        var kept = parts.Where(p => !p.StartsWith(FieldSelector, StringComparison.Ordinal)
            || p.StartsWith(FieldSelector + "metadata.name", StringComparison.Ordinal)).ToArray();
        _selectors = string.Join('&', kept);
        return kept.Length < parts.Length;
    }

    /// <summary>Goes on at the other path, be it the older one or, after an upgrade, the newer one. False where there is none.</summary>
    public bool TrySwitchPath()
    {
        _isAtOlderPath = olderPath is not null && !_isAtOlderPath;
        return olderPath is not null;
    }

    private string Path => _isAtOlderPath ? olderPath! : path;

    private string With(string query) => (query, _selectors) switch
    {
        ("", "") => Path,
        ("", _) => $"{Path}?{_selectors}",
        (_, "") => $"{Path}?{query}",
        _ => $"{Path}?{_selectors}&{query}",
    };
}
