namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>How long to wait after a failure; the values are those of client-go.</summary>
internal sealed record BackoffOptions
{
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(0.8);

    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After that long without a failure the next one counts as the first again.</summary>
    public TimeSpan HealthyAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>More than this is not believed of a <c>Retry-After</c>.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(5);
}
