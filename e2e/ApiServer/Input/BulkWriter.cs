using System.Globalization;
using System.Text;
using KubeProxyNext.ApiServer.Storage;

namespace KubeProxyNext.ApiServer.Input;

/// <summary>
/// Writes the objects of a <see cref="BulkLoad"/> as finished JSON: a hundred thousand trees would take minutes and gigabytes.
/// </summary>
internal sealed class BulkWriter(BulkLoad load, long firstVersion, DateTimeOffset created)
{
    /// <summary>Every object of a real cluster carries some of this, and a client has to get past it.</summary>
    private const string ManagedFields =
        """{"f:metadata":{"f:labels":{".":{},"f:kubernetes.io/service-name":{}}},"f:spec":{"f:ports":{},"f:type":{}}}""";

    private readonly string _created = created.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The version of the last object.</summary>
    public long LastVersion => firstVersion + (2L * load.Services) - 1;

    public StoredObject[] Services() => Encode(ApiResource.Services, firstVersion, Service);

    public StoredObject[] Slices() => Encode(ApiResource.EndpointSlices, firstVersion + load.Services, Slice);

    private StoredObject[] Encode(ApiResource resource, long version, Func<int, long, string> json)
    {
        var objects = new StoredObject[load.Services];
        Parallel.For(0, objects.Length, i =>
        {
            objects[i] = StoredObject.FromJson(resource, Encoding.UTF8.GetBytes(json(i, version + i)), version + i);

            // Encoded now, so that the first list is as fast as the second.
            _ = objects[i].Proto;
        });
        return objects;
    }

    private string Service(int i, long version) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"metadata":{{{Metadata(i, version, "", kind: 1)}}} },"spec":{"ports":[{"name":"http","protocol":"TCP","port":{{{load.Port}}},"targetPort":{{{load.TargetPort}}} }],"selector":{"app":"svc-{{{i:d6}}}"},"clusterIP":"{{{load.ClusterIp(i)}}}","clusterIPs":["{{{load.ClusterIp(i)}}}"],"type":"ClusterIP","sessionAffinity":"None","ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","internalTrafficPolicy":"Cluster"},"status":{"loadBalancer":{} } }
        """);

    private string Slice(int i, long version)
    {
        var labels = $$$"""
            ,"generation":1,"labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","kubernetes.io/service-name":"svc-{{{i:d6}}}"}
            """;
        var endpoints = string.Join(',', Enumerable.Range(0, load.EndpointsPerService).Select(e => Endpoint(i, e)));
        return string.Create(CultureInfo.InvariantCulture, $$$"""
            {"metadata":{{{Metadata(i, version, "-a", kind: 2) + labels}}} },"addressType":"IPv4","endpoints":[{{{endpoints}}}],"ports":[{"name":"http","protocol":"TCP","port":{{{load.TargetPort}}} }]}
            """);
    }

    private string Endpoint(int service, int index) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"addresses":["{{{load.Endpoint(service, index)}}}"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"node-{{{index}}}"}
        """);

    /// <summary>The members that all have; the closing brace is left to the caller.</summary>
    private string Metadata(int i, long version, string suffix, int kind) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"name":"svc-{{{i:d6}}}{{{suffix}}}","namespace":"{{{BulkLoad.Namespace}}}","uid":"0000000{{{kind}}}-0000-4000-8000-{{{i:x12}}}","resourceVersion":"{{{version}}}","creationTimestamp":"{{{_created}}}","managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"{{{(kind == 1 ? "v1" : "discovery.k8s.io/v1")}}}","time":"{{{_created}}}","fieldsType":"FieldsV1","fieldsV1":{{{ManagedFields}}} }]
        """);
}
