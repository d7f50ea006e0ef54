using System.Text.Json.Nodes;

namespace KubeProxyNext.ApiServer.Input;

/// <summary>Metadata from a key such as <c>shop/web</c>.</summary>
internal static class ObjectKey
{
    public static JsonObject Metadata(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return new JsonObject
        {
            ["name"] = key[(slash + 1)..],
            ["namespace"] = slash < 0 ? "default" : key[..slash],
        };
    }

    public static void Label(this JsonObject metadata, string key, string value)
    {
        metadata["labels"] ??= new JsonObject();
        metadata["labels"]![key] = value;
    }
}
