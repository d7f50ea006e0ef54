using System.Globalization;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.ApiServerHost;

/// <summary>Reads commands and does them; each is answered by a line that begins with its name, or with <c>error</c>.</summary>
internal sealed class CommandLoop(TestApiServer api, BulkLoad load, EventConsole console, TimeProvider time)
{
    private const string Help =
        "help: events on|off; touch-slice KEY; churn RATE SECONDS; apply FILE; delete RESOURCE KEY; watches N; compact; "
        + "close-connections; stop-listening; listen; quit";

    /// <summary>Runs until <c>quit</c>, or the end of the input.</summary>
    public async Task RunAsync(TextReader input, CancellationToken cancellation)
    {
        while (await input.ReadLineAsync(cancellation) is { } line && line != "quit")
        {
            try
            {
                console.Say(await DoAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), cancellation));
            }
            catch (Exception e) when (e is KeyNotFoundException or IOException or ArgumentException or FormatException)
            {
                console.Say($"error {line}: {e.Message}");
            }
        }
    }

    private async Task<string> DoAsync(string[] words, CancellationToken cancellation)
    {
        switch (words)
        {
            case ["events", var onOff]:
                console.TellsEvents = onOff == "on";
                return $"events {onOff}";
            case ["touch-slice", var key]:
                var (version, port) = api.TouchSlice(key);
                return $"touch-slice {key} {version} {port}";
            case ["churn", var rate, var seconds]:
                return await ChurnAsync(Number(rate), Number(seconds), cancellation);
            case ["apply", var file]:
                api.Apply(await File.ReadAllTextAsync(file, cancellation));
                return $"apply {api.ResourceVersion}";
            case ["delete", var plural, var key]:
                return $"delete {api.Delete(Resource(plural), key)}";
            case ["watches", var count]:
                await api.WaitForWatchesAsync(Number(count), cancellation: cancellation);
                return $"watches {api.CountWatches()}";
            default:
                return await ConnectAsync(words, cancellation);
        }
    }

    private async Task<string> ConnectAsync(string[] words, CancellationToken cancellation)
    {
        switch (words)
        {
            case ["compact"]:
                api.Compact();
                return "compact";
            case ["close-connections"]:
                api.CloseConnections();
                return "close-connections";
            case ["stop-listening"]:
                await api.StopListeningAsync();
                return "stop-listening";
            case ["listen"]:
                await api.ListenAsync(cancellation);
                return "listen";
            default:
                return Help;
        }
    }

    private static ApiResource Resource(string plural) =>
        ApiResource.All.FirstOrDefault(r => r.Plural == plural) ?? throw new ArgumentException($"no kind is called {plural}");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Touches slices in turn, so many a second, evenly in steps of 10 ms.</summary>
    private async Task<string> ChurnAsync(int rate, int seconds, CancellationToken cancellation)
    {
        if (load.Services == 0)
        {
            throw new ArgumentException("there is nothing to churn: start with --services");
        }

        var total = (long)rate * seconds;
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), time);
        for (long done = 0; done < total;)
        {
            var due = Math.Min(total, (long)(time.GetElapsedTime(start).TotalSeconds * rate));
            for (; done < due; done++)
            {
                api.TouchSlice(BulkLoad.SliceKey((int)(done % load.Services)));
            }

            await timer.WaitForNextTickAsync(cancellation);
        }

        var elapsed = time.GetElapsedTime(start).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"churn {total} changes in {elapsed:f2} s, version {api.ResourceVersion}");
    }
}
