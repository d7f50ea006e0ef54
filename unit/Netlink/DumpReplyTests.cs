using System.Runtime.InteropServices;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

/// <summary>What the kernel says too seldom to wait for it.</summary>
public sealed class DumpReplyTests
{
    private const uint Sequence = 7;

    [Test]
    public void InterruptedFlag_OnAnyMessage_Interrupts()
    {
        var reply = new DumpReply<LocalAddress>(AddressMessage.Addresses, Sequence);

        reply.Read(Message(Rtnetlink.Done, Rtnetlink.DumpInterrupted, Sequence, 0));

        Assert.That((reply.IsComplete, reply.WasInterrupted), Is.EqualTo((true, true)));
    }

    [Test]
    public void DumpThatEndsWithEintr_WasInterrupted()
    {
        var reply = new DumpReply<LocalAddress>(AddressMessage.Addresses, Sequence);

        reply.Read(Message(Rtnetlink.Done, 0, Sequence, -4));

        Assert.That((reply.IsComplete, reply.WasInterrupted), Is.EqualTo((true, true)));
    }

    [Test]
    public void Refusal_NamesTheErrno()
    {
        var refusal = Message(Rtnetlink.Error, 0, Sequence, -95);

        Assert.That(() => new DumpReply<LocalAddress>(AddressMessage.Addresses, Sequence).Read(refusal), Throws.InstanceOf<NetlinkException>().With.Property("Errno").EqualTo(95));
    }

    [Test]
    public void AnswerToAnEarlierRequest_IsPassedOver()
    {
        var reply = new DumpReply<LocalAddress>(AddressMessage.Addresses, Sequence);

        reply.Read(Message(Rtnetlink.Done, 0, Sequence - 1, 0));
        var early = reply.IsComplete;
        reply.Read(Message(Rtnetlink.Done, 0, Sequence, 0));

        Assert.That((early, reply.IsComplete, reply.WasInterrupted), Is.EqualTo((false, true, false)));
    }

    [Test]
    public void DatagramThatIsCutOff_IsAnError()
    {
        var datagram = Message(Rtnetlink.Done, 0, Sequence, 0);

        Assert.That(() => new DumpReply<LocalAddress>(AddressMessage.Addresses, Sequence).Read(datagram.AsSpan(0, 19)), Throws.InstanceOf<NetlinkException>()
            .With.Message.Contains("a message of 20 bytes in a datagram of 19"));
    }

    private static byte[] Message(ushort type, ushort flags, uint sequence, int error) =>
    [
        .. MemoryMarshal.AsBytes<MessageHeader>(new MessageHeader[] { new(20, type, flags, sequence) }),
        .. BitConverter.GetBytes(error),
    ];
}
