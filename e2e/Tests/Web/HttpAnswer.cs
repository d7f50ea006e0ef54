using System.Text.Json;

namespace KubeProxyNext.EndToEnd.Web;

/// <summary>What a server of a daemon answered, asked as an admin would.</summary>
/// <param name="Code">0 where nobody answered.</param>
internal sealed record HttpAnswer(int Code, string Head, string Body)
{
    /// <summary>The body read as JSON.</summary>
    public JsonElement ReadJson() => JsonDocument.Parse(Body).RootElement;

    /// <summary>Asks from a place.</summary>
    public static async Task<HttpAnswer> OfAsync(Place client, string url, params IEnumerable<string> options)
    {
        var result = await client.RunAsync("curl", ["--silent", "--include", "--globoff", "--max-time", "5", .. options, url]);
        var output = result.Output.ReplaceLineEndings("\n");
        var end = output.IndexOf("\n\n", StringComparison.Ordinal);
        return end < 0 ? new(0, "", $"{result}") : new(int.Parse(output.Split(' ')[1]), output[..end], output[(end + 2)..]);
    }

    /// <summary>Asks until the code is as wanted.</summary>
    public static Task<HttpAnswer> SeesAsync(Place client, string url, int code) =>
        Eventually.SeesAsync($"{client} asks {url}", () => OfAsync(client, url), answer => answer.Code == code);
}
