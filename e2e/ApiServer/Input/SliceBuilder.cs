using System.Text.Json.Nodes;

namespace KubeProxyNext.ApiServer.Input;

/// <summary>An EndpointSlice, built in a few words.</summary>
public sealed class SliceBuilder
{
    private readonly JsonObject _metadata;
    private readonly JsonArray _endpoints = [];
    private readonly JsonArray _ports = [];
    private readonly string _addressType;

    internal SliceBuilder(string key, string service, string addressType)
    {
        _addressType = addressType;
        _metadata = ObjectKey.Metadata(key);
        _metadata.Label("kubernetes.io/service-name", service);
    }

    public SliceBuilder Port(int port, string protocol = "TCP", string name = "")
    {
        _ports.Add(new JsonObject { ["name"] = name, ["protocol"] = protocol, ["port"] = port });
        return this;
    }

    /// <summary>Adds an endpoint; conditions that are null are left out.</summary>
    public SliceBuilder Endpoint(string address, string? node = null, bool? ready = true, bool? serving = null, bool? terminating = null)
    {
        var conditions = new JsonObject();
        foreach (var (name, value) in new[] { ("ready", ready), ("serving", serving), ("terminating", terminating) })
        {
            if (value is { } set)
            {
                conditions[name] = set;
            }
        }

        var endpoint = new JsonObject { ["addresses"] = new JsonArray(address), ["conditions"] = conditions };
        if (node is not null)
        {
            endpoint["nodeName"] = node;
        }

        _endpoints.Add(endpoint);
        return this;
    }

    public SliceBuilder Label(string key, string value)
    {
        _metadata.Label(key, value);
        return this;
    }

    public JsonObject Build() => new()
    {
        ["metadata"] = _metadata.DeepClone(),
        ["addressType"] = _addressType,
        ["endpoints"] = _endpoints.DeepClone(),
        ["ports"] = _ports.DeepClone(),
    };
}
