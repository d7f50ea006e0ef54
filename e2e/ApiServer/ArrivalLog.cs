namespace KubeProxyNext.ApiServer;

/// <summary>All that arrived since the start, in order; for tests to await and to look at.</summary>
public sealed class ArrivalLog<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly List<T> _arrivals = [];
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _arrivals];
            }
        }
    }

    public int Count(Func<T, bool> predicate) => All.Count(predicate);

    /// <summary>The first one after the one with this number that is as wanted, when it is there.</summary>
    public async Task<T> WaitForAsync(Func<T, bool> predicate, int after, CancellationToken cancellation)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_arrivals.Skip(after).FirstOrDefault(predicate) is { } found)
                {
                    return found;
                }

                arrival = _arrival.Task;
            }

            await arrival.WaitAsync(cancellation);
        }
    }

    public Task<T> WaitForAsync(Func<T, bool> predicate, CancellationToken cancellation) =>
        WaitForAsync(predicate, after: 0, cancellation);

    internal void Add(Func<int, T> make)
    {
        TaskCompletionSource arrival;
        lock (_gate)
        {
            _arrivals.Add(make(_arrivals.Count + 1));
            arrival = _arrival;
            _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrival.SetResult();
    }
}
