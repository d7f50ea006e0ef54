namespace KubeProxyNext.Dataplane;

/// <summary>
/// Holds back what programs may still read until a grace period has passed. Waiting for one takes milliseconds, so it happens
/// beside the writer, for all that was retired meanwhile at once. Everything but the wait runs on the writer's thread.
/// </summary>
internal sealed class Reclaimer(Action waitForGracePeriod)
{
    private List<Action> _retired = [];
    private List<Action> _waiting = [];
    private Task _gracePeriod = Task.CompletedTask;
    private bool _hasFailed;

    /// <summary>Whether anything is held back.</summary>
    internal bool IsIdle => _retired.Count == 0 && _waiting.Count == 0;

    /// <summary>The grace period that is being waited for; null where none is, or where the last one could not be.</summary>
    internal Task? GracePeriod => _waiting.Count == 0 || _hasFailed ? null : _gracePeriod;

    /// <summary>Calls <paramref name="reuse"/> after a grace period, in a later <see cref="Collect"/>.</summary>
    internal void Retire(Action reuse) => _retired.Add(reuse);

    /// <summary>Lets go what has waited long enough, and has the rest wait. What could not be waited for is waited for again.</summary>
    internal void Collect()
    {
        if (!_gracePeriod.IsCompleted)
        {
            return;
        }

        _hasFailed = !_gracePeriod.IsCompletedSuccessfully;
        if (!_hasFailed)
        {
            _waiting.ForEach(reuse => reuse());
        }
        else
        {
            _retired.AddRange(_waiting);
        }

        _waiting.Clear();
        if (_retired.Count > 0)
        {
            (_waiting, _retired) = (_retired, _waiting);
            _gracePeriod = Task.Run(waitForGracePeriod);
        }
    }

    /// <summary>Waits for all that was retired so far: for when nothing else is left to use.</summary>
    internal void Drain()
    {
        while (!IsIdle)
        {
            Collect();
            _gracePeriod.GetAwaiter().GetResult();
        }
    }
}
