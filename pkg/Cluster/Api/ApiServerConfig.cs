using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Cluster.Api;

/// <summary>
/// Where the API server is, whom to trust and who we are. Secrets and certificates that lie in files are named here and read
/// when they are needed, since they rotate.
/// </summary>
public sealed record ApiServerConfig
{
    /// <summary>Scheme, host, port and, behind some proxies, a path under which the API is served.</summary>
    public required Uri Server { get; init; }

    /// <summary>Where this came from, as a person would say it: <c>context "prod" of /etc/kubernetes/proxy.conf</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Requests a second, after <see cref="Burst"/> at once; 0 or less for no limit.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Requests that may follow each other at once.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Learns where connections lead.</summary>
    public ApiServerAddresses Reached { get; init; } = new();

    /// <summary>The PEM bundle that may sign the server's certificate; null for the system's own.</summary>
    internal DataSource? CertificateAuthority { get; init; }

    internal bool SkipTlsVerify { get; init; }

    /// <summary>The name asked for and checked in the server's certificate; null for the host of <see cref="Server"/>.</summary>
    internal string? TlsServerName { get; init; }

    /// <summary>Null for what the environment says (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).</summary>
    internal Uri? Proxy { get; init; }

    internal bool DisableCompression { get; init; }

    internal UserConfig User { get; init; } = new();

    /// <summary>
    /// Finds the API server as kubectl and kube-proxy do: the file given, else those of <c>KUBECONFIG</c> (the first to name
    /// something wins), else the service account of the pod; <paramref name="master"/> overrides the address.
    /// </summary>
    /// <param name="kubeconfig">Path of a kubeconfig file; null or empty where none was given.</param>
    /// <param name="master">URL of the server; null or empty where none was given.</param>
    /// <exception cref="ApiConfigException">There is no usable configuration; the message says what to change.</exception>
    public static ApiServerConfig Load(string? kubeconfig, string? master) =>
        new ConfigLoader(Environment.GetEnvironmentVariable, InClusterConfig.ServiceAccountFolder).Load(kubeconfig, master);
}
