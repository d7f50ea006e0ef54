namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>A <c>user</c> of a kubeconfig: how we say who we are. All null is anonymous.</summary>
internal sealed record UserConfig
{
    public DataSource? ClientCertificate { get; init; }

    public DataSource? ClientKey { get; init; }

    public string? Token { get; init; }

    /// <summary>Wins over <see cref="Token"/>, as in client-go; read again as it rotates.</summary>
    public DataSource? TokenFile { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public ExecConfig? Exec { get; init; }
}
