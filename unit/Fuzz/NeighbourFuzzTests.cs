using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using KubeProxyNext.Cluster.Decoding;
using KubeProxyNext.Model;
using KubeProxyNext.Planning;
using KubeProxyNext.Unit.Builders;
using KubeProxyNext.Unit.Cluster;
using Pb = KubeProxyNext.Cluster.Protobuf;
using WireFormat = KubeProxyNext.Cluster.Api.WireFormat;

namespace KubeProxyNext.Unit.Fuzz;

/// <summary>An object in which anything may stand changes no other one, is said in few lines, and can be planned with.</summary>
internal sealed class NeighbourFuzzTests
{
    private static readonly NodeConfig Node = Given.Node("node-a") with { Share = new(Frontends: 50, Slots: 50, SourceRanges: 50), MaglevTableSize = 31 };

    private static readonly string[] Odd =
    [
        "null", "true", "0", "-1", "65536", "1e400", "99999999999999999999", "\"\"", "\"None\"", "\"10.0.0.1\"", "\"::\"", "\"\\u0000\"", "\"\\ud800\"",
        "[]", "[null]", "[[]]", "{}", "{\"\":{}}", $"\"{new string('x', 5000)}\"", $"[{string.Join(',', Enumerable.Repeat("{}", 300))}]",
    ];

    [Test]
    public void ProtobufServices() => Fuzzing.Try(Mutant.Of(3), mutant =>
    {
        var items = ItemsOf("services-list", WireFormat.Protobuf);
        items[mutant.Origin] = mutant.Bytes(items);
        CheckServices(WireFormat.Protobuf, Protobuf("ServiceList", items), mutant.Origin);
    });

    [Test]
    public void ProtobufSlices() => Fuzzing.Try(Mutant.Of(3), mutant =>
    {
        var items = ItemsOf("slices-list", WireFormat.Protobuf);
        items[mutant.Origin] = mutant.Bytes(items);
        CheckSlices(WireFormat.Protobuf, Protobuf("EndpointSliceList", items), mutant.Origin);
    });

    [Test]
    public void JsonServices() => Fuzzing.Try(Places(), places =>
    {
        var list = JsonNode.Parse(Recording.Body("services-list", WireFormat.Json))!;
        var item = places[0] % 3;
        CheckServices(WireFormat.Json, Harm(list, item, places), item);
    });

    [Test]
    public void JsonSlices() => Fuzzing.Try(Places(), places =>
    {
        var list = JsonNode.Parse(Recording.Body("slices-list", WireFormat.Json))!;
        var item = places[0] % 3;
        CheckSlices(WireFormat.Json, Harm(list, item, places), item);
    });

    private static void CheckServices(WireFormat format, ReadOnlySequence<byte> body, int harmed)
    {
        var problems = new ProblemList();
        var good = new ServiceCodec(new ProblemList(), new()).ReadList(format, Recording.Sequence("services-list", format)).Items;

        var services = new ServiceCodec(problems, new()).ReadList(format, body).Items;

        AssertBeside(services, good, harmed, problems);
        new Planner().Plan([.. services.DistinctBy(service => service.Name).Select(service => new ServiceSnapshot(service.Name, service, default))], Node);
    }

    private static void CheckSlices(WireFormat format, ReadOnlySequence<byte> body, int harmed)
    {
        var problems = new ProblemList();
        var good = new EndpointSliceCodec(new ProblemList(), new()).ReadList(format, Recording.Sequence("slices-list", format)).Items;

        var slices = new EndpointSliceCodec(problems, new()).ReadList(format, body).Items;

        AssertBeside(slices, good, harmed, problems);
        var service = Given.Service("s").ClusterIP("10.96.0.1:80").ClusterIP("[2001:db8:96::a]:80").Port("http", 81).Build();
        new Planner().Plan([new ServiceSnapshot(service.Name, service, [.. slices])], Node);
    }

    // All but the one that was harmed, which may be there as well, whatever became of it.
    private static void AssertBeside<T>(IReadOnlyList<T> read, IReadOnlyList<T> good, int harmed, ProblemList problems)
    {
        var others = good.Where((_, i) => i != harmed).ToList();
        var rest = read.Count == good.Count ? read.Where((_, i) => i != harmed) : read;
        Assert.That(rest, Is.EqualTo(others));
        Assert.That(problems.Texts.Count(), Is.LessThanOrEqualTo(ObjectLimits.Problems + 1));
    }

    // Values anywhere in the object that are others now.
    private static ReadOnlySequence<byte> Harm(JsonNode list, int item, IReadOnlyList<int> places)
    {
        var holder = list["items"]!.AsArray();
        foreach (var place in places)
        {
            var all = Below(holder[item]!).ToList();
            if (all.Count > 0)
            {
                Replace(all[place % all.Count], JsonNode.Parse("[" + Odd[place / 7 % Odd.Length].Replace("\\ud800", "") + "]")![0]);
            }
        }

        return new(Encoding.UTF8.GetBytes(list.ToJsonString()));
    }

    private static IEnumerable<(JsonNode Parent, string? Name, int Index)> Below(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(pair => ((JsonNode, string?, int)[])[(o, pair.Key, 0), .. pair.Value is null ? [] : Below(pair.Value)]),
        JsonArray a => a.SelectMany((value, i) => ((JsonNode, string?, int)[])[(a, null, i), .. value is null ? [] : Below(value)]),
        _ => [],
    };

    private static void Replace((JsonNode Parent, string? Name, int Index) place, JsonNode? value)
    {
        value = value?.DeepClone();
        if (place.Name is { } name)
        {
            place.Parent[name] = value;
        }
        else
        {
            place.Parent[place.Index] = value;
        }
    }

    private static Arbitrary<List<int>> Places() => Gen.Choose(1, 4).SelectMany(count => Gen.ListOf(Gen.Choose(0, 1 << 20), count)).Select(list => list.ToList()).ToArbitrary();

    private static byte[][] ItemsOf(string recording, WireFormat format) =>
        [.. ProtobufBody.ReadList(Recording.Sequence(recording, format), recording == "services-list" ? "ServiceList" : "EndpointSliceList").Items.Select(item => item.ToArray())];

    private static ReadOnlySequence<byte> Protobuf(string kind, byte[][] items)
    {
        using var list = new MemoryStream();
        using (var writer = new CodedOutputStream(list, leaveOpen: true))
        {
            foreach (var item in items)
            {
                writer.WriteTag(2, Google.Protobuf.WireFormat.WireType.LengthDelimited);
                writer.WriteBytes(ByteString.CopyFrom(item));
            }
        }

        return new([.. "k8s\0"u8, .. new Pb.Unknown { TypeMeta = new() { Kind = kind }, Raw = ByteString.CopyFrom(list.ToArray()) }.ToByteArray()]);
    }
}
