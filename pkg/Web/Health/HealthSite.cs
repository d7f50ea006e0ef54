using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using KubeProxyNext.Web.Serving;

namespace KubeProxyNext.Web.Health;

/// <summary><c>/healthz</c> for load balancers, <c>/livez</c> for the kubelet: what both say is as kube-proxy says it (behaviour 7.1).</summary>
/// <param name="isNodeEligible">Whether the own Node object was seen, and is not about to go.</param>
public sealed class HealthSite(ProxyHealth health, Func<bool> isNodeEligible, Meter meter)
{
    private readonly Counter<long> _healthz = meter.CreateCounter<long>(
        "kubeproxy_proxy_healthz_total", description: "Answers of /healthz, by HTTP status code.");

    private readonly Counter<long> _livez = meter.CreateCounter<long>(
        "kubeproxy_proxy_livez_total", description: "Answers of /livez, by HTTP status code.");

    private readonly ObservableGauge<double> _age = meter.CreateObservableGauge(
        "kube_proxy_next_applied_state_age_seconds",
        () => health.Read().Families.Select(family => new Measurement<double>(family.Age.TotalSeconds, new KeyValuePair<string, object?>("ip_family", $"{family.Family}"))),
        description: "How long the oldest change waits that is not in force, in seconds, by ip_family; 0 where all are.");

    /// <summary>A <see cref="Site"/>.</summary>
    public Answer Answer(Request request) => request.Path switch
    {
        "/healthz" => Report(_healthz, isNodeEligible()),
        "/livez" => Report(_livez, isEligible: null),
        _ => Serving.Answer.NotFound,
    };

    private Answer Report(Counter<long> answers, bool? isEligible)
    {
        var report = health.Read();
        var isFine = report.IsHealthy && isEligible != false;
        var code = isFine ? 200 : 503;
        answers.Add(1, new KeyValuePair<string, object?>("code", code.ToString(CultureInfo.InvariantCulture)));

        // Who is fine is up to date, even where nothing had to be done for long.
        return Serving.Answer.Json(Write(report, isFine ? report.Now : report.LastUpdated, isEligible), code);
    }

    private static ReadOnlyMemory<byte> Write(HealthReport report, DateTimeOffset lastUpdated, bool? isEligible)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("lastUpdated", Format(lastUpdated));
        json.WriteString("currentTime", Format(report.Now));
        if (isEligible is { } eligible)
        {
            json.WriteBoolean("nodeEligible", eligible);
        }

        json.WriteBoolean("healthy", report.IsHealthy);
        if (!report.Families.IsEmpty)
        {
            WriteStatus(json, report);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteStatus(Utf8JsonWriter json, HealthReport report)
    {
        json.WriteStartObject("status");
        foreach (var family in report.Families)
        {
            json.WriteStartObject(family.Family.ToString());
            json.WriteString("lastUpdated", Format(family.LastUpdated));
            json.WriteBoolean("healthy", family.IsHealthy);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // As Go writes it: no more digits than it takes.
    private static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
