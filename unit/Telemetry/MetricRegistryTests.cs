using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using KubeProxyNext.Telemetry.Exposition;

namespace KubeProxyNext.Unit.Telemetry;

/// <summary>What instruments measure, in the text format of Prometheus.</summary>
internal sealed class MetricRegistryTests
{
    private readonly List<Exception> _errors = [];
    private Meter _meter = null!;
    private MetricRegistry _registry = null!;

    [SetUp]
    public void Create()
    {
        _errors.Clear();
        _meter = new("test");
        _registry = new(_meter, _errors.Add);
    }

    [TearDown]
    public void Dispose()
    {
        _registry.Dispose();
        _meter.Dispose();
    }

    [Test]
    public void Counter_IsSummedByLabels_SortedByName()
    {
        var counter = _meter.CreateCounter<long>("b_total", description: "Of b.");
        _meter.CreateCounter<long>("a_total", description: "Of a.").Add(1);
        counter.Add(1, new("z", "1"), new KeyValuePair<string, object?>("a", "2"));
        counter.Add(2, new("a", "2"), new KeyValuePair<string, object?>("z", "1"));
        counter.Add(4, new KeyValuePair<string, object?>("a", "3"));

        Assert.That(Text(), Is.EqualTo("""
            # HELP a_total Of a.
            # TYPE a_total counter
            a_total 1
            # HELP b_total Of b.
            # TYPE b_total counter
            b_total{a="2",z="1"} 3
            b_total{a="3"} 4

            """));
    }

    [Test]
    public void Histogram_CountsInBucketsUpToTheirBounds()
    {
        var histogram = _meter.CreateHistogram(
            "h_seconds", description: "Of h.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.5, 2] });
        foreach (var value in new[] { 0.001, 0.5, 0.51, 7 })
        {
            histogram.Record(value, new KeyValuePair<string, object?>("k", "v"));
        }

        Assert.That(Text(), Is.EqualTo("""
            # HELP h_seconds Of h.
            # TYPE h_seconds histogram
            h_seconds_bucket{k="v",le="0.001"} 1
            h_seconds_bucket{k="v",le="0.5"} 2
            h_seconds_bucket{k="v",le="2"} 3
            h_seconds_bucket{k="v",le="+Inf"} 4
            h_seconds_sum{k="v"} 8.011
            h_seconds_count{k="v"} 4

            """));
    }

    [Test]
    public void Observed_IsWhatIsSaidAtThisScrapeAlone()
    {
        var series = new List<Measurement<long>> { new(1, new KeyValuePair<string, object?>("id", "old")) };
        _meter.CreateObservableGauge("g", () => series, description: "Of g.");
        Text();
        series[0] = new(2, new KeyValuePair<string, object?>("id", "new"));

        Assert.That(Text(), Is.EqualTo("# HELP g Of g.\n# TYPE g gauge\ng{id=\"new\"} 2\n"));
    }

    [Test]
    public void LabelsAndHelp_AreEscaped()
    {
        _meter.CreateCounter<long>("c_total", description: "One\\two\nthree.").Add(1, new KeyValuePair<string, object?>("k", "a\\b\"c\nd"));

        Assert.That(Text(), Is.EqualTo("# HELP c_total One\\\\two\\nthree.\n# TYPE c_total counter\nc_total{k=\"a\\\\b\\\"c\\nd\"} 1\n"));
    }

    [TestCase(double.PositiveInfinity, "+Inf")]
    [TestCase(double.NegativeInfinity, "-Inf")]
    [TestCase(double.NaN, "NaN")]
    [TestCase(1e-7, "1E-07")]
    [TestCase(1763721600.25, "1763721600.25")]
    public void Numbers_AreAsPrometheusReadsThem(double value, string text)
    {
        _meter.CreateObservableGauge("g", () => value, description: "Of g.");

        Assert.That(Text(), Does.EndWith($"\ng {text}\n"));
    }

    [Test]
    public void InstrumentsOfOneName_AreOneFamily()
    {
        _meter.CreateCounter<long>("c_total", description: "Of c.").Add(1);
        _meter.CreateCounter<long>("c_total", description: "Of c.").Add(2);

        Assert.That(Text(), Is.EqualTo("# HELP c_total Of c.\n# TYPE c_total counter\nc_total 3\n"));
    }

    [Test]
    public void InstrumentThatFails_IsToldOf_AndAllOthersAreWritten()
    {
        _meter.CreateObservableGauge("bad", () => Fail("as the test wants it"), description: "Bad.");
        _meter.CreateObservableGauge("good", () => 1L, description: "Good.");

        Assert.That(Text(), Does.EndWith("\ngood 1\n"));
        Assert.That(_errors.Select(error => error.Message), Is.EqualTo(["as the test wants it"]));
    }

    [Test]
    public void OtherMeters_AreNotWritten()
    {
        using var other = new Meter("test");
        other.CreateCounter<long>("c_total").Add(1);

        Assert.That(Text(), Is.Empty);
    }

    [Test]
    public void Disposed_AsksNobodyAnyMore()
    {
        _meter.CreateObservableGauge("g", () => Fail("it is gone"));
        _registry.Dispose();

        Assert.That(Text(), Is.Empty);
        Assert.That(_errors, Is.Empty);
    }

    private static long Fail(string reason) => throw new InvalidOperationException(reason);

    private string Text()
    {
        var buffer = new ArrayBufferWriter<byte>();
        _registry.Write(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
