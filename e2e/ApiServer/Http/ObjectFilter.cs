using KubeProxyNext.ApiServer.Storage;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>Which objects a request is about, its selectors put together.</summary>
internal sealed record ObjectFilter(string Namespace, LabelSelector Labels, FieldSelector Fields)
{
    public bool Matches(StoredObject item) =>
        (Namespace.Length == 0 || item.Namespace == Namespace) && Labels.Matches(item) && Fields.Matches(item);
}
