using System.Text;

namespace KubeProxyNext.Web.Serving;

/// <summary>What a client gets. No client may guess a type of content other than the one that is said.</summary>
/// <param name="Code">The HTTP status.</param>
public readonly record struct Answer(int Code, string ContentType, ReadOnlyMemory<byte> Body)
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>As Go's file of routes answers what it does not know.</summary>
    public static Answer NotFound { get; } = Text("404 page not found\n", 404);

    /// <summary>One more header; null for none.</summary>
    public KeyValuePair<string, string>? Header { get; init; }

    /// <summary>An answer for people.</summary>
    public static Answer Text(string text, int code = 200) => new(code, PlainText, Encoding.UTF8.GetBytes(text));

    /// <summary>An answer for programs.</summary>
    public static Answer Json(ReadOnlyMemory<byte> json, int code = 200) => new(code, "application/json", json);
}
