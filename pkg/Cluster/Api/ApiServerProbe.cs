using System.Diagnostics.Metrics;
using System.Net;
using KubeProxyNext.Cluster.Api.Failures;
using KubeProxyNext.Cluster.Api.Http;
using KubeProxyNext.Cluster.Api.Watching;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeProxyNext.Cluster.Api;

/// <summary>Asks an API server once whether it would be of use.</summary>
public static class ApiServerProbe
{
    private const string OwnService = "/api/v1/namespaces/default/services?fieldSelector=metadata.name%3Dkubernetes";

    /// <summary>Lists the API server's own Service.</summary>
    /// <returns>Null where the server is addressed as it should be, else what is wrong and what to do.</returns>
    public static async Task<string?> FindProblemAsync(ApiServerConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        using var meter = new Meter("KubeProxyNext.Check");
        var options = new ApiClientOptions();
        using var client = new ApiClient(config, options, new ApiMetrics(meter), time);
        var codec = new ServiceCodec(new InputProblems(NullLogger<InputProblems>.Instance, meter), new StringPool());
        try
        {
            var page = await new PagedLister<Service>(client, codec, options, time).ReadOnceAsync(OwnService, cancellationToken);
            return await ServesItselfAsync(config.Server.IdnHost, page.Items, cancellationToken)
                ? $"{config.Server} is the ClusterIP of the Service 'kubernetes', which is not served before the daemon has asked the API server; "
                    + "name an address that needs no Service, in --kubeconfig or with --master"
                : null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return FailureExplainer.Explain(config, codec.Resource, failure).Text;
        }
    }

    private static async Task<bool> ServesItselfAsync(string host, IReadOnlyList<Service> services, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        return services.Any(service => addresses.Any(address =>
            IpAddress.TryParse($"{address}", out var ip) && (ip == service.ClusterIPv4 || ip == service.ClusterIPv6)));
    }
}
