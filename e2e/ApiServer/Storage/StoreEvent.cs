namespace KubeProxyNext.ApiServer.Storage;

/// <summary>One change: null before for a new object, null after for a deleted one.</summary>
internal sealed record StoreEvent(long Version, StoredObject? Before, StoredObject? After)
{
    private StoredObject? _gone;

    /// <summary>The last state before the change under the version of the change: what DELETED events carry.</summary>
    public StoredObject Gone => _gone ??= Before!.WithVersion(Version);
}
