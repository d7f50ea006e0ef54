using System.Threading.Channels;

namespace KubeProxyNext.Unit.Web;

/// <summary>A clock whose timers are told of when they are set, and fire when the test says so.</summary>
internal sealed class WaitedTime : TimeProvider
{
    private readonly Channel<(TimeSpan Due, Action Fire)> _set = Channel.CreateUnbounded<(TimeSpan, Action)>();
    private Action? _fire;
    private volatile bool _firesAll;

    /// <summary>Waits until somebody waits for a time that ends, and tells how long that is.</summary>
    public async Task<TimeSpan> NextAsync()
    {
        var (due, fire) = await _set.Reader.ReadAsync();
        _fire = fire;
        return due;
    }

    /// <summary>Ends the wait that was told of last.</summary>
    public void Fire() => _fire!();

    /// <summary>From now on no wait takes any time, nor do those that were told of.</summary>
    public void FireAll()
    {
        _firesAll = true;
        Fire();
        while (_set.Reader.TryRead(out var set))
        {
            set.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan && _firesAll)
        {
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }
        else if (dueTime != Timeout.InfiniteTimeSpan)
        {
            _set.Writer.TryWrite((dueTime, () => callback(state)));
        }

        return new Told();
    }

    private sealed class Told : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
