using System.Diagnostics.Metrics;
using KubeProxyNext.Cluster.Problems;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Unit.Cluster;

internal sealed class InputProblemsTests
{
    [Test]
    public void Problem_IsSaidOnceAndCountedByReason()
    {
        using var meter = new Meter(nameof(InputProblemsTests));
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => Listen(instrument, l, meter) };
        var counted = new List<string>();
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            counted.Add($"{value} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}"));
        listener.Start();
        var log = new LogList();
        IProblemSink problems = new InputProblems(log.For<InputProblems>(), meter);

        problems.Report(new("services", new("shop", "web"), "spec.ports[0].port", ProblemReason.BadPort, "0"));

        Assert.That(log.Lines, Is.EqualTo(new[]
        {
            (LogLevel.Warning, "Left out of services shop/web: spec.ports[0].port is not a port number: '0'"),
        }));
        Assert.That(counted, Is.EqualTo(new[] { "1 services bad_port" }));
    }

    private static void Listen(Instrument instrument, MeterListener listener, Meter meter)
    {
        if (instrument.Meter == meter)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }
}
