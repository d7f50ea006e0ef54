using System.Diagnostics.CodeAnalysis;

namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>Decides where the configuration comes from; see <see cref="ApiServerConfig.Load"/>.</summary>
internal sealed class ConfigLoader(Func<string, string?> environment, string serviceAccountFolder)
{
    public ApiServerConfig Load(string? kubeconfig, string? master)
    {
        var server = ParseMaster(master);
        var paths = PathsOf(kubeconfig);
        if (paths.Count > 0)
        {
            return new KubeConfig(paths).Resolve(server);
        }

        return InClusterConfig.TryLoad(environment, serviceAccountFolder, server)
            ?? (server is null
                ? throw new ApiConfigException(
                    "no API server is configured: give --kubeconfig FILE or --master URL, set KUBECONFIG, or run in a pod")
                : new ApiServerConfig { Server = server, Origin = "--master" });
    }

    public static bool TryParseServer(string text, [NotNullWhen(true)] out Uri? server)
    {
        // kubectl takes a bare host:port for plain HTTP, too.
        var url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(url, UriKind.Absolute, out server) && server.Scheme is "http" or "https" && server.Host.Length > 0;
    }

    private static Uri? ParseMaster(string? master)
    {
        if (string.IsNullOrEmpty(master))
        {
            return null;
        }

        return TryParseServer(master, out var server)
            ? server
            : throw new ApiConfigException($"--master should be a URL such as https://10.0.0.1:6443, not '{master}'");
    }

    private List<string> PathsOf(string? kubeconfig)
    {
        if (!string.IsNullOrEmpty(kubeconfig))
        {
            return [Path.GetFullPath(kubeconfig)];
        }

        var named = (environment("KUBECONFIG") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var existing = named.Distinct().Where(File.Exists).Select(Path.GetFullPath).ToList();
        return existing.Count > 0 || named.Length == 0
            ? existing
            : throw new ApiConfigException($"no file that KUBECONFIG names exists: {string.Join(", ", named)}");
    }
}
