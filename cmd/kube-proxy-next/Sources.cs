using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Cluster.Problems;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>Where the cluster's objects come from: a folder of manifests, or an API server.</summary>
internal static class Sources
{
    /// <summary>Reads the configuration of the source; what it returns runs it until cancelled.</summary>
    /// <exception cref="ApiConfigException">The configuration is missing or wrong.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    internal static Func<CancellationToken, Task> Create(
        RunOptions options, ClusterTracker tracker, Meter meter, ILoggerFactory loggers, TimeProvider time)
    {
        var problems = new InputProblems(loggers.CreateLogger<InputProblems>(), meter);
        if (options.Source is not null)
        {
            var folder = new FolderSource(
                options.Source, options.NodeName, tracker.Services, tracker.Slices, tracker.Nodes, tracker.ServiceCidrs, problems,
                loggers.CreateLogger<FolderSource>(), time);
            folder.Check();
            return folder.RunAsync;
        }

        var config = ApiServerConfig.Load(options.KubeConfig, options.Master);
        var source = new ApiServerSource(
            config, options.NodeName, tracker.Services, tracker.Slices, tracker.Nodes, tracker.ServiceCidrs, problems, meter,
            loggers.CreateLogger<ApiServerSource>(), time, new Random().Next());
        return source.RunAsync;
    }
}
