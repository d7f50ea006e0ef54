using System.Buffers;
using System.Text;
using KubeProxyNext.Cluster.Decoding;
using Polly;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>Turns an answer that is an error into an exception, with whatever its body tells.</summary>
internal static class ErrorAnswer
{
    private const int LongestBody = 64 << 10;
    private const int LongestText = 200;

    public static async Task<ApiException> ReadAsync(
        HttpResponseMessage response, ResiliencePipeline timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await timeout.ExecuteAsync(
            static async (content, token) => await ReadBodyAsync(content, token), response.Content, cancellationToken);
        var status = TryReadStatus(response, body) ?? MadeUp(response, body);
        return new ApiException(status with { Code = (int)response.StatusCode }, RetryAfter(response, status, time));
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[LongestBody];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return buffer[..length];
        }
        catch (IOException)
        {
            // The status line says enough.
            return [];
        }
    }

    private static ApiStatus? TryReadStatus(HttpResponseMessage response, byte[] body)
    {
        try
        {
            return MediaTypes.FormatOf(response.Content.Headers.ContentType?.MediaType) is { } format
                && StatusReader.ReadBody(format, new ReadOnlySequence<byte>(body)) is { Reason.Length: > 0 } status
                ? status
                : null;
        }
        catch (InvalidDataException)
        {
            // Some proxy in between answered, or the body was cut.
            return null;
        }
    }

    private static ApiStatus MadeUp(HttpResponseMessage response, byte[] body)
    {
        var isText = response.Content.Headers.ContentType?.MediaType == "text/plain";
        var text = isText ? Encoding.UTF8.GetString(body).Trim() : "";
        return new ApiStatus(
            (int)response.StatusCode,
            response.ReasonPhrase is { Length: > 0 } phrase ? phrase : response.StatusCode.ToString(),
            text.Length == 0 ? "no further word" : text[..Math.Min(text.Length, LongestText)]);
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, ApiStatus status, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        return header?.Delta ?? header?.Date - time.GetUtcNow()
            ?? (status.RetryAfterSeconds > 0 ? TimeSpan.FromSeconds(status.RetryAfterSeconds) : null);
    }
}
