using System.Runtime.InteropServices;

namespace KubeProxyNext.Netlink;

/// <summary>Collects the datagrams of one answer to a request for all there is of a kind.</summary>
/// <param name="kind">What was asked for.</param>
/// <param name="sequence">Of the request; messages that answer another one are passed over.</param>
internal sealed class DumpReply<T>(DumpKind<T> kind, uint sequence)
{
    private readonly List<T> _items = [];

    internal List<T> Items => _items;

    internal bool IsComplete { get; private set; }

    /// <summary>Something changed between two parts of the answer: an item may be missing, or be there twice.</summary>
    internal bool WasInterrupted { get; private set; }

    /// <exception cref="NetlinkException">The kernel refused the request, or the datagram is no netlink.</exception>
    internal void Read(ReadOnlySpan<byte> datagram)
    {
        var messages = new MessageReader(datagram, kind.Name);
        while (!IsComplete && messages.Next())
        {
            if (messages.Header.Sequence == sequence)
            {
                ReadMessage(messages.Header, messages.Body);
            }
        }
    }

    private void ReadMessage(in MessageHeader header, ReadOnlySpan<byte> body)
    {
        WasInterrupted |= (header.Flags & Rtnetlink.DumpInterrupted) != 0;
        if (header.Type == kind.Answer)
        {
            kind.Read(body, _items);
        }
        else if (header.Type is Rtnetlink.Done or Rtnetlink.Error)
        {
            IsComplete = true;
            ReadError(body);
        }
    }

    // Both messages begin with a negative errno, or 0; the end of a dump may have none.
    private void ReadError(ReadOnlySpan<byte> body)
    {
        var error = body.Length < sizeof(int) ? 0 : -MemoryMarshal.Read<int>(body);
        if (error is not (0 or Errno.Interrupted))
        {
            throw new NetlinkException("request", kind.Name, error);
        }

        WasInterrupted |= error == Errno.Interrupted;
    }
}
