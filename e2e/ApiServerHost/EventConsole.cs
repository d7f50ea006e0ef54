using System.Globalization;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.ApiServerHost;

/// <summary>Whole lines to standard output, from any thread.</summary>
internal sealed class EventConsole(TextWriter output)
{
    private readonly Lock _gate = new();

    /// <summary>Whether events are told; off while many come and only their sum counts.</summary>
    public bool TellsEvents { get; set; }

    public void Say(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <summary><c>event TYPE RESOURCE KEY VERSION NANOSECONDS</c>, the last of CLOCK_MONOTONIC.</summary>
    public void Tell(WrittenEvent e)
    {
        if (TellsEvents)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"event {e.Type} {e.Resource} {e.Key} {e.Version} {e.Timestamp}"));
        }
    }
}
