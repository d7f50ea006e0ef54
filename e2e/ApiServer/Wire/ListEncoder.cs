using System.Text;
using KubeProxyNext.ApiServer.Storage;

namespace KubeProxyNext.ApiServer.Wire;

/// <summary>A list as it stands on the wire, made of the bytes that its objects keep: nothing is encoded anew.</summary>
/// <param name="Version">The list's resourceVersion.</param>
/// <param name="Continue">Empty on the last page.</param>
/// <param name="Remaining">How many objects come after this page; null where the server does not say.</param>
internal sealed record ListEncoder(ApiResource Resource, ArraySegment<StoredObject> Items, long Version, string Continue, long? Remaining)
{
    /// <summary>The pieces of the body, and its length in bytes.</summary>
    public (IEnumerable<ReadOnlyMemory<byte>> Pieces, long Length) Encode(BodyFormat format) =>
        format == BodyFormat.Protobuf ? Protobuf() : Json();

    private (IEnumerable<ReadOnlyMemory<byte>> Pieces, long Length) Json()
    {
        var head = Encoding.UTF8.GetBytes(
            $$"""{"kind":"{{Resource.Kind}}List","apiVersion":"{{Resource.ApiVersion}}","metadata":{{JsonMetadata()}},"items":[""");
        byte[] comma = [(byte)','];
        byte[] tail = [.. "]}\n"u8];
        var length = head.Length + Items.Sum(i => (long)i.Json.Length) + Math.Max(0, Items.Count - 1) + tail.Length;
        return (Pieces(), length);

        IEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            yield return head;
            for (var i = 0; i < Items.Count; i++)
            {
                if (i > 0)
                {
                    yield return comma;
                }

                yield return Items[i].Json;
            }

            yield return tail;
        }
    }

    private string JsonMetadata()
    {
        var text = $"{{\"resourceVersion\":\"{Invariant.Text(Version)}\"";
        text += Continue.Length == 0 ? "" : $",\"continue\":\"{Continue}\"";
        text += Remaining is { } remaining ? $",\"remainingItemCount\":{Invariant.Text(remaining)}" : "";
        return text + "}";
    }

    private (IEnumerable<ReadOnlyMemory<byte>> Pieces, long Length) Protobuf()
    {
        var metadata = ProtoMetadata();
        var content = metadata.Length + Items.Sum(i => 1L + ProtoWriter.VarintSize((ulong)i.Proto.Length) + i.Proto.Length);
        var head = ProtoEnvelope.Start(Resource.ApiVersion, Resource.Kind + "List", content);
        return (Pieces(), head.Length + content + ProtoEnvelope.End.Length);

        IEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            yield return head;
            yield return metadata;
            var writer = new ProtoWriter();
            foreach (var item in Items)
            {
                writer.Reset();
                writer.Head(2, item.Proto.Length);
                yield return writer.ToArray();
                yield return item.Proto;
            }

            yield return ProtoEnvelope.End.ToArray();
        }
    }

    private byte[] ProtoMetadata()
    {
        var writer = new ProtoWriter();
        if (Remaining is { } remaining)
        {
            writer.Number(4, remaining);
        }

        writer.Text(3, Continue);
        writer.Text(2, Invariant.Text(Version));
        writer.Text(1, "");
        writer.Wrap(1, 0);
        return writer.ToArray();
    }
}
