namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>How patient the client is, and how much it takes. Tests shorten these; production has the values below.</summary>
internal sealed record ApiClientOptions
{
    /// <summary>For DNS, TCP and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the request to the head of the answer; the server gives up after 60 s itself.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest silence within the body of a list, a streaming one included.</summary>
    public TimeSpan ListSilence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a whole list, however steadily it trickles.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The longest silence of a watch: bookmarks come about every minute.</summary>
    public TimeSpan WatchSilence { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>A watch that ends sooner counts as a failure, so that a server that ends each at once is not besieged.</summary>
    public TimeSpan ShortWatch { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ExecTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection takes new requests, so that changes of DNS, endpoints and certificates are followed.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>In bytes; an object of the API has at most 3 MiB or so.</summary>
    public int LongestFrame { get; init; } = 64 << 20;

    /// <summary>In bytes. Of a longer page a shorter one is asked for; one object is shorter by far.</summary>
    public int LongestPage { get; init; } = 64 << 20;

    /// <summary>In bytes, of a list that comes as a whole: 100,000 Services, or slices with 1,000,000 endpoints, are less than half of it.</summary>
    public int LongestList { get; init; } = 512 << 20;

    /// <summary>Objects per page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>The <c>timeoutSeconds</c> of a watch are drawn from one to two times this.</summary>
    public TimeSpan ShortestWatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public BackoffOptions Backoff { get; init; } = new();

    /// <summary>Between two looks whether the server has come to have, or to show, a kind that it need not have.</summary>
    public BackoffOptions OptionalBackoff { get; init; } = new()
    {
        First = TimeSpan.FromMinutes(8),
        Longest = TimeSpan.FromHours(1),
    };
}
