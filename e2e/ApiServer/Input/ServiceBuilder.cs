using System.Text.Json.Nodes;

namespace KubeProxyNext.ApiServer.Input;

/// <summary>A Service as the real server would hold it after defaulting, built in a few words.</summary>
public sealed class ServiceBuilder
{
    private readonly JsonObject _metadata;
    private readonly JsonArray _ports = [];
    private readonly JsonObject _spec;

    internal ServiceBuilder(string key, string[] clusterIps)
    {
        _metadata = ObjectKey.Metadata(key);
        _spec = new JsonObject
        {
            ["ports"] = _ports,
            ["clusterIP"] = clusterIps[0],
            ["clusterIPs"] = new JsonArray([.. clusterIps.Select(ip => JsonValue.Create(ip))]),
            ["type"] = "ClusterIP",
            ["sessionAffinity"] = "None",
            ["ipFamilies"] = new JsonArray([.. clusterIps.Select(ip => JsonValue.Create(ip.Contains(':') ? "IPv6" : "IPv4"))]),
            ["ipFamilyPolicy"] = clusterIps.Length > 1 ? "RequireDualStack" : "SingleStack",
            ["internalTrafficPolicy"] = "Cluster",
        };
    }

    /// <summary>Adds a port.</summary>
    /// <param name="name">What the slices' ports are called too; may be empty where there is one port only.</param>
    public ServiceBuilder Port(int port, string protocol = "TCP", string name = "")
    {
        var entry = new JsonObject { ["protocol"] = protocol, ["port"] = port, ["targetPort"] = port };
        if (name.Length > 0)
        {
            entry["name"] = name;
        }

        _ports.Add(entry);
        return this;
    }

    public ServiceBuilder Label(string key, string value)
    {
        _metadata.Label(key, value);
        return this;
    }

    /// <summary>Sets any other field of the spec.</summary>
    public ServiceBuilder Spec(string field, JsonNode value)
    {
        _spec[field] = value;
        return this;
    }

    public JsonObject Build() => new()
    {
        ["metadata"] = _metadata.DeepClone(),
        ["spec"] = _spec.DeepClone(),
        ["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() },
    };
}
