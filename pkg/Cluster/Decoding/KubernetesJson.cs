using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeProxyNext.Cluster.Protobuf;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>
/// Reads JSON into the same message classes that protobuf is read into, so that there is one mapping to the model. Members
/// that the messages lack are skipped.
/// </summary>
internal static class KubernetesJson
{
    private static readonly JsonSerializerOptions Options = new(KubernetesJsonContext.Default.Options)
    {
        TypeInfoResolver = KubernetesJsonContext.Default.WithAddedModifier(Adapt),
    };

    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static void Adapt(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (property.PropertyType == typeof(IntOrString))
            {
                // Number or text; nothing here asks for it.
                type.Properties.RemoveAt(i);
            }
            else if (!property.PropertyType.IsValueType)
            {
                IgnoreNull(property);
            }
        }
    }

    // Go writes an empty list as null, and a null means "not set" everywhere; messages take no null.
    private static void IgnoreNull(JsonPropertyInfo property)
    {
        var set = property.Set;
        property.Set = (target, value) =>
        {
            if (value is not null)
            {
                set?.Invoke(target, value);
            }
        };
    }
}
