using System.Diagnostics;
using KubeProxyNext.ApiServer;
using KubeProxyNext.Model;

namespace KubeProxyNext.Soak;

/// <summary>
/// Changes Services without a pause, tells clients what they may meet before that, and what they may no more once the maps say the new. It alone
/// knows both, so it is the one that looks.
/// </summary>
internal sealed class Churn(SoakCluster cluster, DaemonLife daemon, Journal journal, Random random)
{
    /// <summary>After so long with a daemon at work, what was to end has ended.</summary>
    private static readonly TimeSpan UntilEnded = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<SoakService, long> _settled = [];

    public int Changes { get; private set; }

    /// <summary>Brings all Services into being that stay, with some of the backends, and none of those that come and go.</summary>
    public async Task BeginAsync()
    {
        foreach (var service in cluster.Services)
        {
            var exists = !service.ComesAndGoes;
            await ChangeAsync(service, exists ? Backends.Random(cluster.Pods.Count, random) : Backends.None, exists);
        }
    }

    /// <summary>Changes one Service after the other, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (random.Next(2) == 0)
            {
                await ChangeOneAsync();
            }

            await LookAsync();
            await PauseAsync(Pause, stop);
        }
    }

    /// <summary>Waits until nothing is on its way any more. False where it is not in time.</summary>
    public async Task<bool> SettleAsync(TimeSpan within, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (cluster.Services.Any(service => service.IsChanging || service.IsEnding))
        {
            if (Stopwatch.GetElapsedTime(start) > within)
            {
                return false;
            }

            await Task.Delay(Pause, cancellation);
            await LookAsync();
        }

        return true;
    }

    private async Task ChangeOneAsync()
    {
        var service = cluster.Services[random.Next(cluster.Services.Count)];
        var exists = !service.ComesAndGoes || random.Next(3) > 0;
        var isEmpty = !exists || (service.ComesAndGoes && random.Next(3) == 0);
        var backends = isEmpty ? Backends.None : Backends.Random(cluster.Pods.Count, random);
        if (!service.WasSince(backends, exists))
        {
            await ChangeAsync(service, backends, exists);
        }
    }

    // A Service and its slice come, and go, one after the other: between them there is none.
    private async Task ChangeAsync(SoakService service, Backends backends, bool exists)
    {
        if (service.Exists != exists)
        {
            service.Want(Backends.None, exists);
        }

        service.Want(backends, exists);
        _settled.Remove(service);
        journal.Note($"service {service.Number}: {(exists ? $"{backends}" : "gone")} wanted");
        await TellAsync(service);
        if (exists)
        {
            cluster.Api.Apply(service.Manifest(cluster.Pods));
        }
        else
        {
            cluster.Api.Delete(ApiResource.Services, $"default/{service.Name}");
            cluster.Api.Delete(ApiResource.EndpointSlices, $"default/{service.Name}-ipv4");
        }

        Changes++;
    }

    private async Task LookAsync()
    {
        using var maps = LiveMaps.TryOpen(cluster.Node);
        foreach (var service in cluster.Services)
        {
            if (service.IsChanging && maps is not null && IsInForce(service, maps))
            {
                service.Settle();
                _settled[service] = Stopwatch.GetTimestamp();
                journal.Note($"service {service.Number}: in force");
                await TellAsync(service);
            }
            else if (service.IsEnding && _settled.TryGetValue(service, out var since)
                && Stopwatch.GetElapsedTime(since) > UntilEnded && daemon.ReadyFor > UntilEnded)
            {
                service.End();
                await TellAsync(service);
            }
        }
    }

    private bool IsInForce(SoakService service, LiveMaps maps) => service.Ports.All(port =>
        IsInForce(service, port, service.ClusterIp, port.Port, maps) && IsInForce(service, port, "0.0.0.0", port.NodePort, maps));

    private bool IsInForce(SoakService service, (int Port, int Target, string Protocol, int NodePort) port, string ip, int dialled, LiveMaps maps)
    {
        var found = maps.BackendsOf(new(IpAddress.Parse(ip), (ushort)dialled, Enum.Parse<Protocol>(port.Protocol, ignoreCase: true)));
        return service.Exists
            ? found is not null && found.ToHashSet().SetEquals(service.Desired.Numbers.Select(number => $"{cluster.Pods[number].IPv4}:{port.Target}"))
            : found is null;
    }

    private Task TellAsync(SoakService service) => Task.WhenAll(cluster.Crowds.Select(service.TellAsync));

    private static Task PauseAsync(TimeSpan pause, CancellationToken stop) =>
        Task.Delay(pause, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
