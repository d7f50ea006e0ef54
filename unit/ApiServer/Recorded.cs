using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>What a real 1.36 server answered: status, headers and body.</summary>
internal sealed record Recorded(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The events of a JSON watch.</summary>
    public JsonNode[] Events => [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];

    public static Recorded Load(string name)
    {
        var all = File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "Cluster", "Recordings", $"{name}.http"));
        var end = all.AsSpan().IndexOf("\r\n\r\n"u8);
        var lines = Encoding.ASCII.GetString(all, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(h => h[0], h => h[1]);
        return new Recorded(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, all[(end + 4)..]);
    }
}
