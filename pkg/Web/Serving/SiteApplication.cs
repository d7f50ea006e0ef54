using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Web.Serving;

/// <summary>Has a request answered by the site of its connection. There are no routes, no middleware, and so nothing to pay for them.</summary>
internal sealed class SiteApplication(ILogger logger) : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var answer = Ask(context);
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = answer.Code;
        response.Headers.ContentType = answer.ContentType;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentLength = answer.Body.Length;
        if (answer.Header is { } more)
        {
            response.Headers[more.Key] = more.Value;
        }

        // To HEAD the server itself sends no body.
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(answer.Body).ConfigureAwait(false);
    }

    private Answer Ask(IFeatureCollection context)
    {
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        try
        {
            return context.GetRequiredFeature<SiteFeature>().Site(new(request.Method, request.Path));
        }
#pragma warning disable CA1031 // One request that fails is one answer, whatever the reason: the log has it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            logger.NotAnswered(request.Path, error);
            return Answer.Text("internal error, see the log\n", 500);
        }
    }
}
