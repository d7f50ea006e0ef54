using System.Buffers;
using KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>A list with its items still undecoded, so that no more than one of them is in memory as a message.</summary>
internal readonly record struct ListBody(ListMeta Metadata, List<ReadOnlySequence<byte>> Items);

/// <summary>A watch event with its object still undecoded.</summary>
/// <param name="Type">As sent: <c>ADDED</c>.</param>
/// <param name="Kind">Of the object, as in <c>Service</c> or <c>Status</c>; empty where it does not say.</param>
internal readonly record struct EventBody(string Type, string Kind, ReadOnlySequence<byte> Object);
