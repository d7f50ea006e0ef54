using KubeProxyNext.ApiServer.Wire;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>Answers that are no list and no stream.</summary>
internal static class Answers
{
    public static Task StatusAsync(HttpContext context, ApiStatusBody status, BodyFormat format)
    {
        context.Response.StatusCode = status.Code;
        if (status.Details?["retryAfterSeconds"] is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString();
        }

        return BytesAsync(context, format, format == BodyFormat.Protobuf
            ? ProtoEnvelope.Wrap("v1", "Status", status.ToProto())
            : [.. status.ToJson(), (byte)'\n']);
    }

    public static async Task BytesAsync(HttpContext context, BodyFormat format, byte[] body)
    {
        context.Response.ContentType = Negotiation.ContentType(format, isWatch: false);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public static async Task TextAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
