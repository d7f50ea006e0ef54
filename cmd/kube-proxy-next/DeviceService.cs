using System.Diagnostics.Metrics;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Model;
using KubeProxyNext.Netlink;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>The loop that serves devices of this process' network namespace, and what it follows.</summary>
internal sealed class DeviceService : IDisposable
{
    private readonly NetworkMonitor _network = new();
    private readonly NextHopMonitor _nextHops = new();

    private DeviceService(RunOptions options, PacketConfig config, IReadOnlyCollection<IpFamily> families, Dataplane.Dataplane dataplane, DriftReport drifts, Meter meter, TimeProvider time, ILogger log) =>
        Loop = new(_network, _nextHops, options.Devices, options.LocalMode, config, families, dataplane, meter, time, log)
        {
            AuditInterval = options.AuditInterval,
            OnDrift = drifts.Take,
        };

    internal DeviceLoop Loop { get; }

    /// <exception cref="InvalidOperationException">The options fit none of this node's families.</exception>
    internal static DeviceService Create(
        RunOptions options, IReadOnlyCollection<IpFamily> families, Dataplane.Dataplane dataplane, DriftReport drifts, Meter meter, TimeProvider time,
        ILogger log)
    {
        // Behaviour 11.1.
        if (families.Count == 1 && options.LocalMode is { NeedsNode: false } mode && mode.PodsOf(null) is { IsEmpty: false } pods
            && pods.All(network => !families.Contains(network.Family)))
        {
            throw new InvalidOperationException($"--cluster-cidr has no network of the one family of this node, {families.Single()}");
        }

        var config = new PacketConfig { MasqueradeAll = options.MasqueradeAll };
        if (SnatPorts.Choose(PortRanges.Ephemeral()) is { } ports)
        {
            config = config with { Ports = (ports.First, ports.Last) };
        }

        return new(options, config, families, dataplane, drifts, meter, time, log);
    }

    public void Dispose()
    {
        _network.Dispose();
        _nextHops.Dispose();
    }
}
