using System.Text.Json.Nodes;

namespace KubeProxyNext.ApiServer;

/// <summary>An Event that a client posted.</summary>
/// <param name="Number">The first is 1.</param>
/// <param name="Key"><c>namespace/name</c>.</param>
/// <param name="Body">As posted.</param>
public sealed record PostedEvent(int Number, string Key, JsonObject Body)
{
    public string Note => (string?)Body["note"] ?? "";
}
