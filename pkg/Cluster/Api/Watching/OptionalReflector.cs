using System.Net;
using KubeProxyNext.Cluster.Api.Http;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>
/// A reflector of a kind that an API server need not have, or need not show: that is said once, harms nothing else, and is looked
/// into again at long intervals. A server that does not have the kind has no objects of it; one that does not show it may, so
/// what was known of them stays. That none are known is told, too: nobody is to wait for them.
/// </summary>
/// <param name="origin">Who we are to the server, as in <see cref="ApiServerConfig.Origin"/>.</param>
/// <param name="random">For delays and watch timeouts; not shared.</param>
internal sealed class OptionalReflector<T>(
    ReflectorContext context, string origin, IResourceCodec<T> codec, IObjectStore<T> store, Random random)
    where T : class
{
    private Backoff _backoff = new(context.Options.OptionalBackoff, context.Time, random);
    private HttpStatusCode? _said;
    private bool _isKnown;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var reflector = new Reflector<T>(context, codec, store, random, isOptional: true);
            try
            {
                await reflector.RunAsync(cancellationToken);
            }
            catch (ApiException e) when (e.IsUnavailable)
            {
                if (reflector.HasListed)
                {
                    (_isKnown, _said, _backoff) = (true, null, new(context.Options.OptionalBackoff, context.Time, random));
                }

                Take(e);
                await Task.Delay(_backoff.Next(e.RetryAfter), context.Time, cancellationToken);
            }
        }
    }

    private void Take(ApiException refusal)
    {
        // Whatever else was wrong with the server is over: it answers.
        context.Failures.Succeeded(codec.Resource);
        if (refusal.Code != _said)
        {
            _said = refusal.Code;
            Say(refusal);
        }

        if (refusal.Code == HttpStatusCode.NotFound || !_isKnown)
        {
            store.Replace([]);
        }
    }

    private void Say(ApiException refusal)
    {
        if (refusal.Code == HttpStatusCode.NotFound)
        {
            WatchingLog.NotServed(context.Logger, codec.Resource);
        }
        else
        {
            WatchingLog.NotShown(context.Logger, origin, codec.Resource, refusal.Message);
        }
    }
}
