using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>Where the next page starts.</summary>
/// <param name="Version">Of the list that it goes on with; -1 for one that takes what is there now.</param>
/// <param name="Start">The first key that may be on it, with a leading slash.</param>
internal readonly record struct ContinueToken(long Version, string Start)
{
    /// <summary>The token after a page that ended with this key.</summary>
    public static ContinueToken After(long version, string key) => new(version, $"/{key}\0");

    /// <exception cref="StatusException">It is no token of this server.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var json = JsonNode.Parse(Base64Url.DecodeFromChars(text))!;
            return new ContinueToken((long)json["rv"]!, (string)json["start"]!);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            // What exactly the real server says depends on the Go library that stumbled; this is what was recorded.
            throw new StatusException(ApiStatusBody.BadRequest(
                "invalid continue token: continue key is not valid: invalid character '\\x00' looking for beginning of value"));
        }
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        $$"""{"v":"meta.k8s.io/v1","rv":{{Invariant.Text(Version)}},"start":"{{Start.Replace("\0", "\\u0000", StringComparison.Ordinal)}}"}"""));

    public bool Covers(string key) => string.CompareOrdinal("/" + key, Start) >= 0;
}
