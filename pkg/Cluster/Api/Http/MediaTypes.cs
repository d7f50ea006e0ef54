namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>The two ways in which the API server writes, as media types.</summary>
internal static class MediaTypes
{
    public const string Protobuf = "application/vnd.kubernetes.protobuf";
    public const string Json = "application/json";

    /// <summary>Null for what is neither: then someone else answered, a proxy with a login page for one.</summary>
    public static WireFormat? FormatOf(string? mediaType) => mediaType switch
    {
        Protobuf => WireFormat.Protobuf,
        Json => WireFormat.Json,
        _ => null,
    };
}
