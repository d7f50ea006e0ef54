namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>What Kubernetes gives every pod: two variables and the folder of its service account.</summary>
internal static class InClusterConfig
{
    public const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Null outside of a pod.</summary>
    public static ApiServerConfig? TryLoad(Func<string, string?> environment, string serviceAccountFolder, Uri? master)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (host is "" && master is null)
        {
            throw new ApiConfigException(
                "KUBERNETES_SERVICE_HOST is empty: give it and KUBERNETES_SERVICE_PORT an address of the API server that works without Services, "
                + "in the DaemonSet (see docs/install.md)");
        }

        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            return null;
        }

        var text = host.Contains(':') ? $"https://[{host}]:{port}" : $"https://{host}:{port}";
        if (!ConfigLoader.TryParseServer(text, out var server))
        {
            throw new ApiConfigException(
                $"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT should be an address and a port, not '{host}' and '{port}'");
        }

        return new ApiServerConfig
        {
            Server = master ?? server,
            Origin = $"the service account in {serviceAccountFolder}",
            CertificateAuthority = FileIn(serviceAccountFolder, "ca.crt"),
            User = new UserConfig { TokenFile = FileIn(serviceAccountFolder, "token") },
        };
    }

    private static DataSource FileIn(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path)
            ? new DataSource($"{name} of the service account", path, null)
            : throw new ApiConfigException(
                $"this seems to be a pod (KUBERNETES_SERVICE_HOST is set), but there is no {path}; "
                + "leave automountServiceAccountToken on, or give --kubeconfig");
    }
}
