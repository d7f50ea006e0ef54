namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>Reads a <c>user</c> of a kubeconfig.</summary>
internal static class UserReader
{
    private static readonly string[] ExecVersions =
        ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    public static UserConfig Read(YamlSection user, YamlSection cluster, Uri server)
    {
        if (user.Section("auth-provider") is not null)
        {
            throw user.Fault("auth-provider", $"of {user.Title} is no longer part of Kubernetes; use an exec plugin");
        }

        var certificate = DataReader.Read(user, "client-certificate");
        var key = DataReader.Read(user, "client-key");
        if (certificate is null != key is null)
        {
            var missing = key is null ? "client-key" : "client-certificate";
            throw user.Fault(missing, $"is missing in {user.Title}: a certificate and its key go together");
        }

        return new UserConfig
        {
            ClientCertificate = certificate,
            ClientKey = key,
            Token = user.Text("token"),
            TokenFile = DataReader.ReadFile(user, "tokenFile"),
            Username = user.Text("username"),
            Password = user.Text("password"),
            Exec = user.Section("exec") is { } exec ? ReadExec(exec, cluster, server) : null,
        };
    }

    private static ExecConfig ReadExec(YamlSection exec, YamlSection cluster, Uri server)
    {
        var version = exec.Text("apiVersion") ?? throw exec.Fault("apiVersion", $"is missing in {exec.Title}");
        if (!ExecVersions.Contains(version))
        {
            throw exec.Fault("apiVersion", $"should be {string.Join(" or ", ExecVersions)}, not '{version}'");
        }

        if (exec.Text("interactiveMode") == "Always")
        {
            throw exec.Fault("interactiveMode", "is Always, but a daemon has no terminal; use a plugin that can do without");
        }

        var command = exec.Text("command") ?? throw exec.Fault("command", $"is missing in {exec.Title}");
        return new ExecConfig(
            version,
            command.Contains('/') ? DataReader.BesideFile(exec, command) : command,
            [.. exec.Texts("args")],
            [.. exec.Sections("env").Select(Variable)],
            exec.Text("installHint"),
            exec.Flag("provideClusterInfo") ? ClusterInfoWriter.Write(cluster, server) : null);
    }

    private static KeyValuePair<string, string> Variable(YamlSection entry) =>
        new(entry.Text("name") ?? throw entry.Fault("name", $"is missing in {entry.Title}"), entry.Text("value") ?? "");
}
