using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;
using Node = KubeProxyNext.Laboratory.Node;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>The published program on a node, with everything that the API server holds in the kernel.</summary>
internal sealed partial class RunningDaemon : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Daemon _daemon;
    private readonly BulkLoad _load;

    private RunningDaemon(Daemon daemon, BulkLoad load, double seconds, double ready, double syncMilliseconds)
    {
        (_daemon, _load, StartSeconds, ReadySeconds, SyncMilliseconds) = (daemon, load, seconds, ready, syncMilliseconds);
        Maps = new(daemon.Node.BpfFolder);
    }

    /// <summary>From just before exec until its log said that all was in the kernel, and at work for sockets.</summary>
    public double StartSeconds { get; }

    /// <summary>The same, and for packets too.</summary>
    public double ReadySeconds { get; }

    /// <summary>The part of that which was planning, writing maps and attaching.</summary>
    public double SyncMilliseconds { get; }

    public AppliedMaps Maps { get; }

    public int Pid => _daemon.Process.Id;

    /// <summary>Takes away what earlier ones left in the kernel, and starts one.</summary>
    /// <exception cref="LabException">It failed, or not all was in the maps when it said so.</exception>
    public static async Task<RunningDaemon> StartAsync(Node node, ApiFixture api, CancellationToken cancellation)
    {
        await Daemon.CleanupAsync(node);
        string[] arguments = ["--kubeconfig", api.KubeConfig, .. api.Load.Services >= LargeCluster.Services ? LargeCluster.Arguments : []];
        var start = Stopwatch.GetTimestamp();
        var daemon = Daemon.Start(node, arguments);
        try
        {
            var inForce = await daemon.Log.WaitForAsync("In force for sockets:", Patience, cancellation: cancellation);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            await daemon.Log.WaitForAsync("Ready:", Patience, cancellation: cancellation);
            var ready = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var sync = double.Parse(SyncTime().Match(inForce).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var running = new RunningDaemon(daemon, api.Load, seconds, ready, sync);
            return running.CountWrong(_ => api.Load.TargetPort) is var wrong and > 0
                ? throw new LabException($"{wrong} Services were not in the maps though the daemon was ready:\n{daemon.Log}")
                : running;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public FrontendAddress Frontend(int service) =>
        new(IpAddress.Parse(_load.ClusterIp(service).ToString()), (ushort)_load.Port, Protocol.Tcp);

    /// <summary>How many Services do not have just the endpoints that they should, at this port.</summary>
    public int CountWrong(Func<int, int> targetPort) =>
        Enumerable.Range(0, _load.Services).Count(service => !IsRight(service, targetPort(service)));

    public async ValueTask DisposeAsync()
    {
        Maps.Dispose();
        await _daemon.DisposeAsync();
    }

    private static readonly Comparer<Backend> ByAddress = Comparer<Backend>.Create((left, right) => left.Ip.CompareTo(right.Ip));

    private bool IsRight(int service, int port) =>
        Maps.BackendsOf(Frontend(service)).Order(ByAddress).SequenceEqual(Expected(service, port));

    private IEnumerable<Backend> Expected(int service, int port) => Enumerable.Range(0, _load.EndpointsPerService)
        .Select(endpoint => new Backend(IpAddress.Parse(_load.Endpoint(service, endpoint).ToString()), (ushort)port));

    [GeneratedRegex("after ([0-9.]+) ms")]
    private static partial Regex SyncTime();
}
