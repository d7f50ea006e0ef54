namespace KubeProxyNext.ApiServer.Misbehaving;

/// <summary>All that befalls one request.</summary>
internal sealed class Trouble(IReadOnlyList<Misbehaviour> all)
{
    public T? Get<T>()
        where T : Misbehaviour => all.OfType<T>().FirstOrDefault();

    public bool Has<T>()
        where T : Misbehaviour => Get<T>() is not null;
}
