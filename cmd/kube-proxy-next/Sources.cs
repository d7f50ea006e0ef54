using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Events;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Where the cluster's objects come from, and where Events about them go.</summary>
/// <param name="RunAsync">Fills the tracker and delivers events until cancelled.</param>
/// <param name="ApiServers">Where it reached its API server; null for a folder.</param>
internal sealed record Source(Func<CancellationToken, Task> RunAsync, IEventRecorder Events, ApiServerAddresses? ApiServers = null);

/// <summary>A folder of manifests, or an API server.</summary>
internal static class Sources
{
    /// <summary>Reads the configuration of the source.</summary>
    /// <param name="node">Hears of this node's Node object before the tracker does.</param>
    /// <exception cref="ApiConfigException">The configuration is missing or wrong.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    internal static Source Create(RunOptions options, ClusterTracker tracker, OwnNode node, Meter meter, ILoggerFactory loggers, TimeProvider time)
    {
        var problems = new InputProblems(loggers.CreateLogger<InputProblems>(), meter);
        var stores = new Stores(
            options.ServesExternalIPs ? tracker.Services : new MappedStore<Service>(tracker.Services, service => service with { ExternalIPs = [] }),
            new MappedStore<Node>(tracker.Nodes, node.Take));
        return options.Source is { } folder
            ? CreateFolder(folder, options.NodeName, tracker, stores, problems, loggers, time)
            : CreateApiServer(options, tracker, stores, problems, meter, loggers, time);
    }

    private static Source CreateFolder(
        string path, string nodeName, ClusterTracker tracker, Stores stores, InputProblems problems, ILoggerFactory loggers, TimeProvider time)
    {
        var folder = new FolderSource(
            path, nodeName, stores.Services, tracker.Slices, stores.Nodes, tracker.ServiceCidrs, problems,
            loggers.CreateLogger<FolderSource>(), time);
        folder.Check();
        return new(folder.RunAsync, new LogEventRecorder(loggers.CreateLogger<LogEventRecorder>(), time));
    }

    private static Source CreateApiServer(
        RunOptions options, ClusterTracker tracker, Stores stores, InputProblems problems, Meter meter, ILoggerFactory loggers, TimeProvider time)
    {
        var config = ApiServerConfig.Load(options.KubeConfig, options.Master) with
        {
            RequestsPerSecond = options.RequestsPerSecond,
            Burst = options.RequestBurst,
        };
        var random = new Random();
        var source = new ApiServerSource(
            config, options.NodeName, stores.Services, tracker.Slices, stores.Nodes, tracker.ServiceCidrs, problems, meter,
            loggers.CreateLogger<ApiServerSource>(), time, random.Next());
        var events = new ApiEventRecorder(
            config, options.NodeName, meter, loggers.CreateLogger<ApiEventRecorder>(), time, random.Next());
        return new(cancellationToken => Task.WhenAll(source.RunAsync(cancellationToken), events.RunAsync(cancellationToken)), events, config.Reached);
    }

    // The doors of the tracker that not all goes through as it comes.
    private sealed record Stores(IObjectStore<Service> Services, IObjectStore<Node> Nodes);
}
