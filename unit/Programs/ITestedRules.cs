using KubeProxyNext.Dataplane;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext.Unit.Programs;

/// <summary>The rules of a family's programs, on maps that a dataplane of the test's own writes.</summary>
internal interface ITestedRules : IDisposable
{
    IFamilyDataplane Dataplane { get; }

    /// <summary>What the client gets: a backend's name, or <c>reject</c>, <c>drop</c> or <c>left alone</c>.</summary>
    /// <param name="now">On the clock of session affinity.</param>
    string Dial(FrontendAddress address, Client client, TimeSpan now);

    /// <summary>Has so many live connections at a backend that somebody was given before: of sockets, and those that packets made.</summary>
    void SetConnections(string backend, uint connections, uint flows = 0);

    /// <summary>As when the id of a backend that somebody was given before is another backend's.</summary>
    void EndGeneration(string backend);

    /// <summary>What was counted, on all CPUs.</summary>
    ulong Count(Counter counter);
}
