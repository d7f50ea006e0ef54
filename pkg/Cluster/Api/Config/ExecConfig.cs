namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>A credential plugin (<c>user.exec</c>): a program that prints an ExecCredential.</summary>
/// <param name="ApiVersion">The version of <c>client.authentication.k8s.io</c> it speaks.</param>
/// <param name="Command">A path, made absolute where it had a folder in it; else a name to look for in <c>PATH</c>.</param>
/// <param name="InstallHint">What to tell who lacks the plugin; null where the file does not say.</param>
/// <param name="ClusterInfo">The <c>spec.cluster</c> to pass on, as JSON; null unless <c>provideClusterInfo</c>.</param>
internal sealed record ExecConfig(
    string ApiVersion,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Environment,
    string? InstallHint,
    string? ClusterInfo);
