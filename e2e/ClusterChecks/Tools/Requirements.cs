using KubeProxyNext.ClusterChecks.Clusters;

namespace KubeProxyNext.ClusterChecks.Tools;

/// <summary>What has to be on the machine before anything is made.</summary>
internal static class Requirements
{
    private static readonly ToolCall AskDocker = new("docker", "version", "--format", "{{.Server.Version}}");

    /// <exception cref="MissingException">Something is not there.</exception>
    public static async Task CheckAsync(ITools tools, IClusterTool tool, CancellationToken cancellation)
    {
        (string Program, string From)[] needed =
        [
            ("docker", "https://docs.docker.com/engine/install/"),
            (tool.Program, tool.HowToGet),
            ("kubectl", "https://kubernetes.io/docs/tasks/tools/"),
            ("make", "apt-get install make"),
        ];
        var missing = needed.Where(one => !tools.Has(one.Program)).ToList();
        if (missing.Count > 0)
        {
            throw new MissingException(string.Join('\n', missing.Select(one => $"{one.Program} is missing; get it: {one.From}")));
        }

        var docker = await tools.TryAsync(AskDocker, cancellation);
        if (docker.ExitCode != 0)
        {
            throw new MissingException($"docker is there, but its daemon does not answer; start it, or join the group docker:\n{docker.Errors}");
        }
    }
}
