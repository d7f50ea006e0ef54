using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Cluster.Api.Watching;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Api;

/// <summary>
/// Fills stores from an API server: Services, EndpointSlices, ServiceCIDRs and this node's Node, each by list and watch, all at once.
/// </summary>
/// <param name="nodeName">As in <see cref="NodeConfig.NodeName"/>.</param>
/// <param name="problems">Told of objects that cannot be used.</param>
/// <param name="meter">Makes the counters of requests, failures and lists.</param>
/// <param name="seed">For delays and watch timeouts, which should differ from node to node.</param>
public sealed class ApiServerSource(
    ApiServerConfig config,
    string nodeName,
    IObjectStore<Service> services,
    IObjectStore<EndpointSlice> slices,
    IObjectStore<Node> nodes,
    IObjectStore<ServiceCidr> serviceCidrs,
    InputProblems problems,
    Meter meter,
    ILogger<ApiServerSource> logger,
    TimeProvider time,
    int seed)
{
    internal ApiClientOptions Options { get; init; } = new();

    /// <summary>
    /// Runs until cancelled. Whatever is wrong with the server or the way to it is logged, and tried again; the stores keep
    /// what they have meanwhile.
    /// </summary>
    /// <exception cref="OperationCanceledException">As asked for.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var metrics = new ApiMetrics(meter);
        using var client = new ApiClient(config, Options, metrics, time);
        var failures = new FailureReporter(config, metrics, logger, time);
        var context = new ReflectorContext(client, Options, failures, metrics, new LastHeard(meter, time), logger, time);
        var pool = new StringPool();
        await Task.WhenAll(
            FollowAsync(context, new ServiceCodec(problems, pool), services, seed, cancellationToken),
            FollowAsync(context, new EndpointSliceCodec(problems, pool), slices, seed + 1, cancellationToken),
            FollowAsync(context, new NodeCodec(problems, pool, nodeName), nodes, seed + 2, cancellationToken),
            FollowOptionalAsync(context, new ServiceCidrCodec(problems, pool), serviceCidrs, seed + 3, cancellationToken));
    }

    // On a thread of its own from the start: decoding one list should not wait for the other.
    private static Task FollowAsync<T>(
        ReflectorContext context, IResourceCodec<T> codec, IObjectStore<T> store, int seed, CancellationToken cancellationToken)
        where T : class =>
        Task.Run(() => new Reflector<T>(context, codec, store, new Random(seed)).RunAsync(cancellationToken), cancellationToken);

    private Task FollowOptionalAsync<T>(
        ReflectorContext context, IResourceCodec<T> codec, IObjectStore<T> store, int seed, CancellationToken cancellationToken)
        where T : class =>
        Task.Run(
            () => new OptionalReflector<T>(context, config.Origin, codec, store, new Random(seed)).RunAsync(cancellationToken),
            cancellationToken);
}
