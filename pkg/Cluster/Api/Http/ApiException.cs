using System.Net;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>The API server said no: by an HTTP status, or by an ERROR event of a watch.</summary>
/// <param name="status">Its reason and message; made up from the HTTP status where the answer holds none.</param>
/// <param name="retryAfter">When it wants to be asked again; null where it does not say.</param>
internal sealed class ApiException(ApiStatus status, TimeSpan? retryAfter)
    : Exception($"{status.Code} {status.Reason}: {status.Message}")
{
    public ApiStatus Status => status;

    public HttpStatusCode Code => (HttpStatusCode)status.Code;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The version asked for, or the continue token, is too old: start over with a list.</summary>
    public bool IsGone => Code == HttpStatusCode.Gone || status.Reason is "Expired" or "Gone";

    /// <summary>The request is not understood as it stands, as when an older server meets a newer parameter.</summary>
    public bool IsRejected => Code is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity;

    /// <summary>The server does not have what was asked for, or does not show it.</summary>
    public bool IsUnavailable => Code is HttpStatusCode.NotFound or HttpStatusCode.Forbidden;

    /// <summary>The server does not know the field that the field selector names.</summary>
    public bool IsAboutFieldSelector => Code == HttpStatusCode.BadRequest
        && (status.Message.Contains("field label", StringComparison.OrdinalIgnoreCase)
            || status.Message.Contains("field selector", StringComparison.OrdinalIgnoreCase)
            || status.Message.Contains("fieldSelector", StringComparison.Ordinal));
}
