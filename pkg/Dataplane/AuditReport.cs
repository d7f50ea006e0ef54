using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane;

/// <summary>What an audit has come to. What cannot be put right keeps nothing else from being looked at.</summary>
public sealed class AuditReport
{
    private readonly List<Drift> _drifts = [];
    private readonly List<string> _failures = [];

    /// <summary>What was not as it had been left, and is again.</summary>
    public IReadOnlyList<Drift> Drifts => _drifts;

    /// <summary>What the kernel refused: that has not been looked at, or could not be put right.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <param name="audit">Puts something right, and tells what.</param>
    internal void Take(Func<IEnumerable<Drift>> audit)
    {
        try
        {
            foreach (var drift in audit())
            {
                _drifts.Add(drift);
            }
        }
        catch (Exception error) when (error is BpfException or MapFullException or IOException or UnauthorizedAccessException)
        {
            _failures.Add(error.Message);
        }
    }
}
