using System.Text.Json.Serialization;
using KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>How the messages read as JSON; <see cref="KubernetesJson"/> adapts it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PreferredObjectCreationHandling = JsonObjectCreationHandling.Populate,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(JsonTimeConverter)])]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(ServiceCIDR))]
[JsonSerializable(typeof(ListMeta))]
[JsonSerializable(typeof(Status))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
