using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.Unit.ApiServer;

/// <summary>An HTTP/1.1 request by hand, to see the chunks of the answer.</summary>
internal static class RawChunks
{
    public static async Task<List<string>> GetAsync(TestApiServer api, string path, CancellationToken cancellation)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(api.Url.Host, api.Port, cancellation);
        using var authority = X509Certificate2.CreateFromPem(api.CaPem);
        await using var tls = new SslStream(tcp.GetStream());
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = RawClient.Trust(authority) };
        await tls.AuthenticateAsClientAsync(options, cancellation);
        var request = $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.Token}\r\n\r\n";
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        while (await reader.ReadLineAsync(cancellation) is { Length: > 0 })
        {
        }

        return await ChunksAsync(reader, cancellation);
    }

    private static async Task<List<string>> ChunksAsync(StreamReader reader, CancellationToken cancellation)
    {
        var chunks = new List<string>();
        while (await reader.ReadLineAsync(cancellation) is { } size
            && int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var length and > 0)
        {
            var chunk = new char[length];
            await reader.ReadBlockAsync(chunk, cancellation);
            await reader.ReadLineAsync(cancellation);
            chunks.Add(new string(chunk));
        }

        return chunks;
    }
}
