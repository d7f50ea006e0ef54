namespace KubeProxyNext.ApiServer;

/// <summary>All requests since the start, in order; for tests to await and to look at.</summary>
public sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly List<LoggedRequest> _requests = [];
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<LoggedRequest> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public int Count(Func<LoggedRequest, bool> predicate) => All.Count(predicate);

    /// <summary>The first request after the one with this number that is as wanted, when it is there.</summary>
    public async Task<LoggedRequest> WaitForAsync(Func<LoggedRequest, bool> predicate, int after, CancellationToken cancellation)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_requests.Skip(after).FirstOrDefault(predicate) is { } found)
                {
                    return found;
                }

                arrival = _arrival.Task;
            }

            await arrival.WaitAsync(cancellation);
        }
    }

    public Task<LoggedRequest> WaitForAsync(Func<LoggedRequest, bool> predicate, CancellationToken cancellation) =>
        WaitForAsync(predicate, after: 0, cancellation);

    internal void Add(Func<int, LoggedRequest> request)
    {
        TaskCompletionSource arrival;
        lock (_gate)
        {
            _requests.Add(request(_requests.Count + 1));
            arrival = _arrival;
            _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrival.SetResult();
    }
}
