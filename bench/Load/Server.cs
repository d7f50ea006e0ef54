using System.Globalization;
using KubeProxyNext.Laboratory;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Load;

/// <summary>A running <c>sink</c> in a pod's network, outside of all cgroups that are measured, so that its sockets do not count.</summary>
internal sealed class Server : IAsyncDisposable
{
    /// <summary>The endpoints of every Service: two, as in the measurements of others.</summary>
    public static readonly int[] Ports = [8080, 8081];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly LabProcess _process;

    private Server(LabProcess process, IpAddress address) => (_process, Address) = (process, address);

    public IpAddress Address { get; }

    public static async Task<Server> StartAsync(Pod pod)
    {
        var ports = Ports.Select(port => port.ToString(CultureInfo.InvariantCulture));
        var process = pod.Aside("server").Start(Native.Sink, [$"{Native.ServerCpu}", .. ports]);
        await process.Output.WaitForAsync("listening", Patience);
        return new(process, IpAddress.Parse(pod.IPv4));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
