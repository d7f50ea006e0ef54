using KubeProxyNext.ApiServer.Storage;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>The states that lists of several pages go on with; the oldest give way.</summary>
internal sealed class PageBook
{
    private const int Limit = 64;

    private readonly Lock _gate = new();
    private readonly List<(ApiResource Resource, long Version, StoredObject[] State)> _kept = [];

    public void Keep(ApiResource resource, long version, StoredObject[] state)
    {
        lock (_gate)
        {
            if (_kept.Exists(k => k.Resource == resource && k.Version == version))
            {
                return;
            }

            _kept.Add((resource, version, state));
            if (_kept.Count > Limit)
            {
                _kept.RemoveAt(0);
            }
        }
    }

    public StoredObject[]? Find(ApiResource resource, long version)
    {
        lock (_gate)
        {
            return _kept.Find(k => k.Resource == resource && k.Version == version).State;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _kept.Clear();
        }
    }
}
