using System.Buffers;
using System.Text;
using KubeProxyNext.Web.Serving;

namespace KubeProxyNext.Web.Metrics;

/// <summary>What kube-proxy shows on its metrics port, for Prometheus and for people (behaviour 8.2).</summary>
/// <param name="contentType">Of what <paramref name="writeMetrics"/> writes.</param>
/// <param name="writeMetrics">Writes all metrics.</param>
/// <param name="configuration">What <c>/configz</c> answers: the <c>KubeProxyConfiguration</c> in force, in JSON.</param>
/// <param name="flags">Every flag with the value that is in force.</param>
/// <param name="status">What <c>/statusz</c> says beneath its head, line by line.</param>
public sealed class MetricsSite(
    string contentType, Action<IBufferWriter<byte>> writeMetrics, string configuration, IReadOnlyCollection<KeyValuePair<string, string>> flags,
    Func<IEnumerable<KeyValuePair<string, string>>> status)
{
    private const string Mode = "ebpf";
    private const string PlainText = "text/plain";

    private static readonly CompositeFormat Head = CompositeFormat.Parse(
        "\n{0} {1}\nWarning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.\n\n");

    /// <summary>A <see cref="Site"/>.</summary>
    public Answer Answer(Request request) => request.Path switch
    {
        "/metrics" => Metrics(),
        "/metrics/slis" => Slis(request.Method),
        "/healthz" => Serving.Answer.Text("ok"),
        "/proxyMode" => new(200, PlainText, Encoding.UTF8.GetBytes(Mode)),
        "/configz" => Serving.Answer.Json(Encoding.UTF8.GetBytes(configuration)),
        "/flagz" => Page("flags", flags.OrderBy(flag => flag.Key, StringComparer.Ordinal)),
        "/statusz" => Page("statusz", status()),
        _ => Serving.Answer.NotFound,
    };

    private static Answer Page(string title, IEnumerable<KeyValuePair<string, string>> lines)
    {
        var text = new StringBuilder().AppendFormat(null, Head, "kube-proxy", title);
        foreach (var (name, value) in lines)
        {
            text.Append(name).Append('=').Append(value).Append('\n');
        }

        return Serving.Answer.Text(text.ToString());
    }

    private Answer Metrics()
    {
        var text = new ArrayBufferWriter<byte>(32 * 1024);
        writeMetrics(text);
        return new(200, contentType, text.WrittenMemory);
    }

    // kube-proxy registers no service level indicators, and neither is there one here.
    private Answer Slis(string method) =>
        method == "DELETE" ? Serving.Answer.Text("metrics reset\n") : new(200, contentType, default);
}
