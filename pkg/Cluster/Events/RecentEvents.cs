using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Events;

/// <summary>What was said within the last ten minutes; of too much, the newest. Not thread safe.</summary>
internal sealed class RecentEvents(TimeProvider time)
{
    private const int Capacity = 1024;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(ObjectName Service, string Reason, string Note), long> _said = [];

    public bool Has(ObjectName service, string reason, string note) =>
        _said.TryGetValue((service, reason, note), out var said) && IsRecent(said);

    public void Add(ObjectName service, string reason, string note)
    {
        if (_said.Count >= Capacity)
        {
            MakeRoom();
        }

        _said[(service, reason, note)] = time.GetTimestamp();
    }

    private void MakeRoom()
    {
        foreach (var (key, said) in _said)
        {
            if (!IsRecent(said))
            {
                _said.Remove(key);
            }
        }

        if (_said.Count >= Capacity)
        {
            _said.Remove(_said.MinBy(entry => entry.Value).Key);
        }
    }

    private bool IsRecent(long said) => time.GetElapsedTime(said) < Memory;
}
