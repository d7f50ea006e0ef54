using System.Security.Cryptography;
using KubeProxyNext.ApiServer.Misbehaving;
using KubeProxyNext.ApiServer.Security;
using KubeProxyNext.ApiServer.Wire;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>One request from its first byte to its last.</summary>
internal sealed class RequestHandler(
    ArrivalLog<LoggedRequest> log,
    TroubleBook troubles,
    Authenticator authenticator,
    ListHandler lists,
    WatchHandler watches,
    EventIntake events,
    TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var path = context.Request.Path.Value ?? "";
        var route = HttpMethods.IsPost(context.Request.Method) ? Route.ParseCreation(path) : Route.Parse(path);
        log.Add(n => Describe(n, context, route));
        var isWatch = context.Request.Query["watch"].ToString() is "1" or "true";
        var trouble = troubles.For(route?.Resource, isWatch);
        context.Response.Headers["Audit-Id"] = new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
        context.Response.Headers.CacheControl = "no-cache, private";
        try
        {
            await AnswerAsync(context, route, trouble, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The client left, the server stops, or the connection was cut on command.
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, Route? route, Trouble trouble, CancellationToken cancellation)
    {
        if (trouble.Has<Misbehaviour.NeverAnswer>())
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        }

        var jsonOnly = trouble.Has<Misbehaviour.JsonOnly>() || trouble.Has<Misbehaviour.RefuseProtobuf>();
        var accept = context.Request.Headers.Accept.ToString();
        var format = Negotiation.Choose(accept, jsonOnly);
        try
        {
            if (trouble.Get<Misbehaviour.Fail>() is { } fail)
            {
                await FailAsync(context, fail, format ?? BodyFormat.Json);
                return;
            }

            var user = authenticator.Authenticate(context);
            if (route is null || trouble.Has<Misbehaviour.NotServed>())
            {
                await ElsewhereAsync(context, route);
                return;
            }

            var refused = trouble.Has<Misbehaviour.RefuseProtobuf>() && accept.Contains("protobuf", StringComparison.Ordinal);
            await ServeAsync(context, route, trouble, user, refused ? null : format, cancellation);
        }
        catch (StatusException e)
        {
            await Answers.StatusAsync(context, e.Status, format ?? BodyFormat.Json);
        }
    }

    private async Task ServeAsync(
        HttpContext context, Route route, Trouble trouble, string user, BodyFormat? accepted, CancellationToken cancellation)
    {
        var options = ListOptions.From(context.Request.Query);
        authenticator.Authorize(user, route, VerbOf(route, options));
        if (accepted is not { } format)
        {
            throw new StatusException(ApiStatusBody.NotAcceptable);
        }

        if (route.Resource == ApiResource.Events)
        {
            await events.CreateAsync(context, route, cancellation);
            return;
        }

        var body = new AnswerBody(context, trouble, time, cancellation);
        if (route.Name.Length > 0)
        {
            await lists.GetAsync(context, route, format);
            return;
        }

        if (!trouble.Has<Misbehaviour.IgnoreStreamingLists>())
        {
            options.Validate(hasStreamingLists: !trouble.Has<Misbehaviour.RefuseStreamingLists>());
        }

        await (options.Watch
            ? watches.WatchAsync(context, route, options, trouble, format, body, cancellation)
            : lists.ListAsync(context, route, options, trouble, format, body));
    }

    private static string VerbOf(Route route, ListOptions options) => (route, options) switch
    {
        (_, _) when route.Resource == ApiResource.Events => "create",
        (_, { Watch: true }) => "watch",
        _ => route.Name.Length > 0 ? "get" : "list",
    };

    private static Task ElsewhereAsync(HttpContext context, Route? route) => context.Request.Path.Value switch
    {
        "/healthz" or "/livez" or "/readyz" when route is null => Answers.TextAsync(context, 200, "ok"),
        "/version" when route is null => Answers.BytesAsync(
            context, BodyFormat.Json, [.. """{"major":"1","minor":"36","gitVersion":"v1.36.0","platform":"linux/amd64"}"""u8]),
        _ => Answers.TextAsync(context, 404, "404 page not found\n"),
    };

    private static Task FailAsync(HttpContext context, Misbehaviour.Fail fail, BodyFormat format)
    {
        if (fail.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = Invariant.Text(seconds);
        }

        return fail.Code switch
        {
            // The limit on requests in flight answers before anything that knows of Status.
            429 => Answers.TextAsync(context, 429, "Too many requests, please try again later.\n"),
            503 => Answers.StatusAsync(context, new(503, "ServiceUnavailable", "apiserver is shutting down"), format),
            _ => Answers.StatusAsync(
                context, new(fail.Code, "InternalError", "Internal error occurred: etcdserver: request timed out"), format),
        };
    }

    private static LoggedRequest Describe(int number, HttpContext context, Route? route)
    {
        var request = context.Request;
        return new LoggedRequest(
            number,
            request.Method,
            request.Path.Value ?? "",
            request.QueryString.Value is { Length: > 0 } query ? query[1..] : "",
            request.Query.ToDictionary(p => p.Key, p => p.Value.ToString()),
            request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            route?.Resource);
    }
}
