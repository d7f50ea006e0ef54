using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeProxyNext.Unit.Web;

/// <summary>A client that sends what it is told, byte for byte, and reads until the server closes.</summary>
internal static class Http
{
    /// <summary>What the server answers to a request of this method for this path.</summary>
    /// <exception cref="IOException">It closed the connection before it had answered.</exception>
    public static async Task<Response> AskAsync(IPEndPoint address, string path, string method = "GET")
    {
        var answer = await ExchangeAsync(address, $"{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            throw new IOException($"no whole answer: '{answer}'");
        }

        var head = answer[..end].Split("\r\n");
        return new(
            int.Parse(head[0].Split(' ')[1]),
            head.Skip(1).Select(line => line.Split(": ", 2)).Where(pair => pair[0] is not ("Date" or "Connection" or "Content-Length"))
                .ToDictionary(pair => pair[0], pair => pair[1]),
            answer[(end + 4)..]);
    }

    /// <summary>All that comes back.</summary>
    public static async Task<string> ExchangeAsync(IPEndPoint address, string text)
    {
        using var client = await ConnectAsync(address);
        await client.SendAsync(Encoding.Latin1.GetBytes(text));
        var answer = new MemoryStream();
        await using var stream = new NetworkStream(client);
        await stream.CopyToAsync(answer);
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    public static async Task<Socket> ConnectAsync(IPEndPoint address)
    {
        var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address);
        return client;
    }

    /// <param name="Headers">Without those that say nothing of the content.</param>
    internal sealed record Response(int Code, IReadOnlyDictionary<string, string> Headers, string Body);
}
