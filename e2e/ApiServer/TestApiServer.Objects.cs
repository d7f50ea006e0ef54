using System.Text.Json.Nodes;
using KubeProxyNext.ApiServer.Input;
using KubeProxyNext.ApiServer.Storage;

namespace KubeProxyNext.ApiServer;

/// <content>What is in the cluster.</content>
public sealed partial class TestApiServer
{
    /// <summary>Creates or replaces every object of a YAML or JSON text; one that is the same already is no change.</summary>
    public void Apply(string manifests)
    {
        foreach (var (resource, body) in ManifestReader.Read(manifests))
        {
            _store.Apply(resource, body);
        }
    }

    /// <summary>Creates or replaces one object, given without <c>kind</c> and <c>apiVersion</c> or with them.</summary>
    public void Apply(ApiResource resource, JsonObject body) => _store.Apply(resource, body.DeepClone().AsObject());

    public void Apply(ServiceBuilder service) => _store.Apply(ApiResource.Services, service.Build());

    public void Apply(SliceBuilder slice) => _store.Apply(ApiResource.EndpointSlices, slice.Build());

    /// <summary>
    /// Takes in a large cluster at once and without events, both encodings made and kept: for 100,000 Services a few seconds and
    /// some hundred megabytes.
    /// </summary>
    public void Load(BulkLoad load)
    {
        var writer = new BulkWriter(load, _store.Version + 1, _options.Time.GetUtcNow());
        _store.Load(ApiResource.Services, writer.Services(), writer.LastVersion);
        _store.Load(ApiResource.EndpointSlices, writer.Slices(), writer.LastVersion);
    }

    /// <summary>
    /// A change that a proxy has to follow, and the smallest there is: the port of the slice's first port entry takes the other of
    /// two values.
    /// </summary>
    /// <returns>The version of the change, and the port that the endpoints have now.</returns>
    public (long Version, int Port) TouchSlice(string key)
    {
        var port = 0;
        var version = Edit(ApiResource.EndpointSlices, key, slice =>
        {
            var entry = slice["ports"]![0]!;
            port = (int)entry["port"]! ^ 1;
            entry["port"] = port;
        });
        return (version, port);
    }

    /// <summary>Changes an object in place.</summary>
    /// <param name="key"><c>namespace/name</c>, or the name alone for kinds without namespaces.</param>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    /// <returns>The new version.</returns>
    public long Edit(ApiResource resource, string key, Action<JsonObject> change)
    {
        var body = Find(resource, key).ToBody();
        change(body);
        return _store.Apply(resource, body).Version;
    }

    /// <returns>False where there is none.</returns>
    public bool Delete(ApiResource resource, string key) => _store.Delete(resource, key);

    /// <summary>Takes in what a real server answered to a list, versions and all, without events; the version becomes the list's.</summary>
    public void Restore(string listJson)
    {
        var list = JsonNode.Parse(listJson)!;
        var version = long.Parse((string)list["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
        var resource = ManifestReader.ResourceOf(((string)list["kind"]!)[..^"List".Length]);
        var items = list["items"]!.AsArray().Select(i => i!.DeepClone().AsObject());
        _store.Load(resource, items.Select(i => StoredObject.From(resource, i, VersionOf(i))).ToList(), version);
    }

    private static long VersionOf(JsonObject body) =>
        long.Parse((string)body["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);

    private StoredObject Find(ApiResource resource, string key) =>
        _store.Find(resource, key) ?? throw new KeyNotFoundException($"no {resource.Kind} {key}");
}
