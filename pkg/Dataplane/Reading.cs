namespace KubeProxyNext.Dataplane;

/// <summary>A value that is read when it is asked for, and not again before a while is over.</summary>
/// <param name="read">Reads it.</param>
/// <param name="period">For how long what was read is good.</param>
internal sealed class Reading<T>(Func<T> read, TimeSpan period, TimeProvider time)
{
    private Read? _newest;

    /// <summary>As of a period ago at most.</summary>
    internal T Value
    {
        get
        {
            if (_newest is not { } newest || time.GetElapsedTime(newest.At) > period)
            {
                _newest = newest = new(read(), time.GetTimestamp());
            }

            return newest.Value;
        }
    }

    /// <summary>Has it read anew.</summary>
    internal void Forget() => _newest = null;

    private sealed record Read(T Value, long At);
}
