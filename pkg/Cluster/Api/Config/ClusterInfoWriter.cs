using System.Text;
using System.Text.Json;
using KubeProxyNext.Cluster.Yaml;

namespace KubeProxyNext.Cluster.Api.Config;

/// <summary>Writes the <c>spec.cluster</c> that a credential plugin gets when it asks for <c>provideClusterInfo</c>.</summary>
internal static class ClusterInfoWriter
{
    /// <summary>The extension whose content is passed on under <c>config</c>.</summary>
    private const string Extension = "client.authentication.k8s.io/exec";

    public static string Write(YamlSection cluster, Uri server)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("server", server.OriginalString);
            WriteText(json, cluster, "tls-server-name");
            WriteText(json, cluster, "proxy-url");
            WriteFlag(json, cluster, "insecure-skip-tls-verify");
            WriteFlag(json, cluster, "disable-compression");
            if (DataReader.Read(cluster, "certificate-authority") is { } authority)
            {
                json.WriteBase64String("certificate-authority-data", authority.Read());
            }

            WriteConfig(json, cluster);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteText(Utf8JsonWriter json, YamlSection cluster, string key)
    {
        if (cluster.Text(key) is { } text)
        {
            json.WriteString(key, text);
        }
    }

    private static void WriteFlag(Utf8JsonWriter json, YamlSection cluster, string key)
    {
        if (cluster.Flag(key))
        {
            json.WriteBoolean(key, true);
        }
    }

    private static void WriteConfig(Utf8JsonWriter json, YamlSection cluster)
    {
        var extension = cluster.Sections("extensions").FirstOrDefault(e => e.Text("name") == Extension);
        if (extension?.Section("extension") is { } config)
        {
            json.WritePropertyName("config");
            try
            {
                YamlToJson.Write(json, config.Node);
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException)
            {
                throw extension.Fault("extension", $"cannot be passed on: {e.Message}");
            }
        }
    }
}
