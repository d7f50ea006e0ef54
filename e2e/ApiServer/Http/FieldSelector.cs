using KubeProxyNext.ApiServer.Storage;
using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>A field selector over the few fields that the real server can select these kinds by.</summary>
internal sealed class FieldSelector
{
    private readonly List<Func<StoredObject, bool>> _terms = [];

    private FieldSelector()
    {
    }

    public bool IsEmpty => _terms.Count == 0;

    /// <param name="withoutClusterIp">An older server, which cannot select by <c>spec.clusterIP</c>.</param>
    /// <exception cref="StatusException">It cannot be read, or selects by another field.</exception>
    public static FieldSelector Parse(ApiResource resource, string text, bool withoutClusterIp)
    {
        var selector = new FieldSelector();
        foreach (var term in SelectorText.Split(text))
        {
            if (!SelectorText.TryComparison(term, out var field, out var operand, out var differs))
            {
                throw new StatusException(ApiStatusBody.BadRequest($"invalid selector: '{text}'; can't understand '{term}'"));
            }

            var read = Reader(resource, field, withoutClusterIp) ?? throw new StatusException(Unsupported(resource, text, field));
            selector._terms.Add(o => (read(o) == operand) != differs);
        }

        return selector;
    }

    public bool Matches(StoredObject item) => _terms.TrueForAll(t => t(item));

    private static Func<StoredObject, string>? Reader(ApiResource resource, string field, bool withoutClusterIp) => field switch
    {
        "metadata.name" => o => o.Name,
        "metadata.namespace" => o => o.Namespace,
        "spec.clusterIP" when resource == ApiResource.Services && !withoutClusterIp => o => o.ClusterIp,
        "spec.type" when resource == ApiResource.Services && !withoutClusterIp => o => o.ServiceType,
        _ => null,
    };

    private static ApiStatusBody Unsupported(ApiResource resource, string text, string field)
    {
        var what = $"{resource.Group}/{resource.Version}, Resource={resource.Plural}";
        return ApiStatusBody.BadRequest(
            $"Unable to find \"{what}\" that match label selector \"\", field selector \"{text}\": field label not supported: {field}");
    }
}
