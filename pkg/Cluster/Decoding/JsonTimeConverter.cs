using System.Text.Json;
using System.Text.Json.Serialization;
using KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>RFC 3339, as the API writes times in JSON.</summary>
internal sealed class JsonTimeConverter : JsonConverter<Time>
{
    public override Time Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new() { Seconds = reader.GetDateTimeOffset().ToUnixTimeSeconds() };

    public override void Write(Utf8JsonWriter writer, Time value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DateTimeOffset.FromUnixTimeSeconds(value.Seconds));
}
