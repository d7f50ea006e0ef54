using KubeProxyNext.ClusterChecks.Clusters;
using KubeProxyNext.ClusterChecks.Tools;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks.DryRun;

/// <summary>Runs nothing and writes nothing, and says what would be. What a command is to tell is told of a cluster made up.</summary>
internal sealed class PlannedTools(IClusterTool tool, RunOptions options, Report report) : ITools
{
    private readonly Kubectl _kubectl = new(options);
    private readonly SampleCluster _sample = new(tool);

    public bool Has(string program) => true;

    public Task<ProcessResult> TryAsync(ToolCall call, CancellationToken cancellation)
    {
        report.Type(call.Script);
        return Task.FromResult(new ProcessResult($"{call}", 0, Told($"{call}"), ""));
    }

    public void MakeFolder(string path) => report.Type($"mkdir -p {path}");

    public void Write(string path, string text) => report.Type($"cat >{path} <<'END'\n{text.TrimEnd()}\nEND");

    private string Told(string call) =>
        call == $"{_kubectl.Nodes}" ? _sample.Nodes
        : call == $"{_kubectl.Services}" ? _sample.Services
        : call == $"{_kubectl.Pods}" ? _sample.Pods
        : call.StartsWith("docker inspect", StringComparison.Ordinal) ? _sample.Outside
        : "";
}
