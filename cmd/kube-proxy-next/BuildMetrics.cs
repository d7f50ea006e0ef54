using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace KubeProxyNext;

/// <summary>Which build this is, as Kubernetes components say it, and as we do.</summary>
internal static class BuildMetrics
{
    internal static string Version { get; } = typeof(BuildMetrics).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    internal static void Create(Meter meter)
    {
        var parts = Version.Split('.');
        KeyValuePair<string, object?>[] kubernetes =
        [
            new("major", parts[0]), new("minor", parts[1]), new("git_version", $"v{Version}"), new("git_commit", ""), new("git_tree_state", ""),
            new("build_date", ""), new("go_version", ""), new("compiler", RuntimeInformation.FrameworkDescription),
            new("platform", $"linux/{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64")}"),
        ];
        meter.CreateObservableGauge(
            "kubernetes_build_info", () => new Measurement<long>(1, kubernetes),
            description: "Always 1; the labels say which build this is, as far as what is built without Go can fill them.");
        meter.CreateObservableGauge(
            "kube_proxy_next_build_info", () => new Measurement<long>(1, new("version", Version), new("runtime", RuntimeInformation.FrameworkDescription)),
            description: "Always 1; the labels say which build this is.");
    }
}
