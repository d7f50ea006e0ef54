using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Web.Serving;

/// <summary>Keeps a site at an address, and where that cannot be had tries again every five seconds, or ends (behaviour 7.1, 8.2).</summary>
/// <param name="name">Of the server, for the log: <c>health server</c>.</param>
/// <param name="address">A wildcard of either family stands for both.</param>
/// <param name="isHardFail">Whether the first failure ends it.</param>
public sealed class Listener(
    WebServer server, string name, IPEndPoint address, Site site, bool isHardFail, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<IReadOnlyList<IPEndPoint>> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Hears why the address cannot be had, each reason once.</summary>
    public Action<string>? OnFailure { get; init; }

    /// <summary>Where it listens, once it does.</summary>
    public Task<IReadOnlyList<IPEndPoint>> Open => _open.Task;

    /// <summary>Listens until cancelled.</summary>
    /// <exception cref="IOException">The address cannot be had, and the first failure is to end it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? said = null;
        while (true)
        {
            try
            {
                await ServeAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SocketException error)
            {
                if (said != error.Message)
                {
                    said = error.Message;
                    OnFailure?.Invoke($"the {name} cannot listen at {address}: {error.Message}");
                    if (isHardFail)
                    {
                        throw new IOException(
                            $"the {name} cannot listen at {address}: {error.Message}; leave out --bind-address-hard-fail to have it tried again", error);
                    }

                    logger.NotListening(name, address, error.Message, Period.TotalSeconds);
                }
            }

            await Task.Delay(Period, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        var ports = OpenAll();
        try
        {
            logger.Listening(name, string.Join(", ", ports.Select(port => port.Address)));
            _open.TrySetResult([.. ports.Select(port => port.Address)]);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ports.ForEach(port => port.Dispose());
        }
    }

    // All or none, so that what is tried again is always the same.
    private List<Port> OpenAll()
    {
        var ports = new List<Port>();
        try
        {
            foreach (var one in Addresses())
            {
                // A port that the kernel chose is the same in both families.
                ports.Add(server.Open(ports is [var first, ..] ? new(one.Address, first.Address.Port) : one, site));
            }

            return ports;
        }
        catch (SocketException)
        {
            ports.ForEach(port => port.Dispose());
            throw;
        }
    }

    private IEnumerable<IPEndPoint> Addresses() => !address.Address.Equals(IPAddress.Any) && !address.Address.Equals(IPAddress.IPv6Any)
        ? [address]
        : Socket.OSSupportsIPv6
            ? [new(IPAddress.Any, address.Port), new(IPAddress.IPv6Any, address.Port)]
            : [new(IPAddress.Any, address.Port)];
}
