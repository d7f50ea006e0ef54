using System.Globalization;
using System.Text.Json;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>Reads the ExecCredential that a plugin printed.</summary>
internal static class ExecCredentialReader
{
    /// <exception cref="ApiConfigException">It is no ExecCredential of the version asked for, or has no credential in it.</exception>
    public static ExecCredentialStatus Read(ReadOnlyMemory<byte> output, ExecConfig exec)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            return Read(json.RootElement, exec);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // The text itself stays out of the message: it may hold a secret.
            throw new ApiConfigException($"credential plugin {exec.Command}: what it printed is no ExecCredential: {e.Message}", e);
        }
    }

    private static ExecCredentialStatus Read(JsonElement root, ExecConfig exec)
    {
        var (kind, version) = (Text(root, "kind"), Text(root, "apiVersion"));
        if (kind != "ExecCredential" || version != exec.ApiVersion)
        {
            throw new ApiConfigException(
                $"credential plugin {exec.Command}: it printed {kind} {version} where ExecCredential {exec.ApiVersion} was asked for; "
                + "set apiVersion of the exec section to what the plugin speaks");
        }

        if (!root.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.Object)
        {
            throw new ApiConfigException($"credential plugin {exec.Command}: its ExecCredential has no status");
        }

        var read = new ExecCredentialStatus(
            Text(status, "token"),
            Text(status, "clientCertificateData"),
            Text(status, "clientKeyData"),
            Text(status, "expirationTimestamp") is { } when ? DateTimeOffset.Parse(when, CultureInfo.InvariantCulture) : null);
        return (read.ClientCertificate is null == read.ClientKey is null) && (read.Token ?? read.ClientCertificate) is not null
            ? read
            : throw new ApiConfigException(
                $"credential plugin {exec.Command}: its status should hold a token, or clientCertificateData and clientKeyData");
    }

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
