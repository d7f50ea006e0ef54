namespace KubeProxyNext.Netlink;

/// <summary>Whom news is for. All is called by the one who waits for it, between two waits.</summary>
internal interface INewsReader
{
    /// <summary>Takes one message.</summary>
    void Read(ushort type, ReadOnlySpan<byte> body);

    /// <summary>There was more than the socket's buffer holds: any message may be missing.</summary>
    void Lose();
}
