using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServer.Misbehaving;

namespace KubeProxyNext.Soak;

/// <summary>An API server's bad days: errors, streams that break or fall silent, expired versions, absence.</summary>
internal sealed class ApiTrouble(TestApiServer api, Journal journal, Random random)
{
    /// <summary>How often what happened.</summary>
    public SortedDictionary<string, int> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>One trouble after the other, with quiet times between them, until it is told to stop; then the server behaves again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(random.Next(4000), stop);
                await BefallAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            api.Behave();
        }
    }

    private async Task BefallAsync(CancellationToken stop)
    {
        switch (random.Next(9))
        {
            case 0:
                Note("streams cut in the middle of an event");
                api.CutWatches();
                break;
            case 1:
                Note("410 for all that is watched");
                api.Compact();
                api.ExpireWatches();
                break;
            case 2:
                Note("connections closed");
                api.CloseConnections();
                break;
            case 3:
                Note("no server");
                await api.StopListeningAsync();
                await Task.Delay(random.Next(1500), CancellationToken.None);
                await api.ListenAsync(CancellationToken.None);
                break;
            case 4:
                await MisbehaveAsync("errors 500", new Misbehaviour.Fail(500), stop);
                break;
            case 5:
                await MisbehaveAsync("errors 429", new Misbehaviour.Fail(429, RetryAfterSeconds: 1), stop);
                break;
            case 6:
                await MisbehaveAsync("silence in the middle of an answer", new Misbehaviour.StallAfter(random.Next(2000)), stop);
                break;
            case 7:
                await MisbehaveAsync("silence instead of an answer", new Misbehaviour.NeverAnswer(), stop);
                break;
            default:
                Misbehaviour events = random.Next(2) == 0 ? new Misbehaviour.DuplicateEvents() : new Misbehaviour.StaleEvents();
                await MisbehaveAsync("events twice and late", events, stop);
                break;
        }
    }

    // It befalls requests, so there have to be some; and those that are stuck in it are let go by the connection's end.
    private async Task MisbehaveAsync(string name, Misbehaviour what, CancellationToken stop)
    {
        Note(name);
        using (api.Misbehave(what))
        {
            api.EndWatches();
            await Task.Delay(random.Next(1500), stop);
        }

        api.CloseConnections();
    }

    private void Note(string name)
    {
        journal.Note($"API: {name}");
        Faults[name] = Faults.GetValueOrDefault(name) + 1;
    }
}
