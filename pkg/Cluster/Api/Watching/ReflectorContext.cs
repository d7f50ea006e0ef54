using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>What the reflectors of one API server share.</summary>
internal sealed record ReflectorContext(
    ApiClient Client, ApiClientOptions Options, FailureReporter Failures, ApiMetrics Metrics, LastHeard Heard, ILogger Logger, TimeProvider Time);
