namespace KubeProxyNext.Web.Serving;

/// <summary>What a port answers. It is called on any thread, on several at once, and does not wait for anything.</summary>
public delegate Answer Site(Request request);

/// <summary>What a client asks for; a body is of no use to any site.</summary>
/// <param name="Path">Decoded, without the query.</param>
public readonly record struct Request(string Method, string Path);
