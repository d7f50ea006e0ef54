using KubeProxyNext.ApiServer.Input;

namespace KubeProxyNext.ApiServer;

/// <summary>Objects in the words of a test: <c>Objects.Service("shop/web", "10.96.0.10").Port(80)</c>.</summary>
public static class Objects
{
    /// <param name="key"><c>namespace/name</c>, or a name in the namespace <c>default</c>.</param>
    /// <param name="clusterIps">One or two; <c>None</c> makes it headless.</param>
    public static ServiceBuilder Service(string key, params string[] clusterIps) => new(key, clusterIps);

    /// <param name="key">Of the slice itself.</param>
    /// <param name="service">The name of the Service, which is in the slice's namespace.</param>
    /// <param name="addressType">IPv4, IPv6 or FQDN.</param>
    public static SliceBuilder Slice(string key, string service, string addressType = "IPv4") => new(key, service, addressType);
}
