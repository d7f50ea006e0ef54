namespace KubeProxyNext.Netlink;

/// <summary>Something that the kernel lists, and how its messages are read.</summary>
/// <param name="Name">Of the request, for the text of an error.</param>
/// <param name="Request">Type of the request.</param>
/// <param name="Body">What follows its header: at least the header that belongs to the type.</param>
/// <param name="Answer">Type of the messages that answer it.</param>
/// <param name="Read">Adds what the body of such a message tells, if it is of interest.</param>
internal sealed record DumpKind<T>(string Name, ushort Request, byte[] Body, ushort Answer, Action<ReadOnlySpan<byte>, ICollection<T>> Read);
