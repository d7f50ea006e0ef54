using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>Destroys sockets that are connected to backends which are gone.</summary>
internal interface ISocketDestroyer : IDisposable
{
    /// <summary>Looks at all sockets of these protocols on the machine. Does not throw: what cannot be done is logged.</summary>
    void Destroy(IReadOnlySet<Protocol> protocols);
}
