using KubeProxyNext.ApiServer.Storage;
using KubeProxyNext.ApiServer.Wire;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>
/// A label selector: <c>!key</c>, <c>key</c>, <c>key=value</c>, <c>key!=value</c>, <c>key in (a,b)</c>, <c>key notin (a,b)</c>.
/// </summary>
internal sealed class LabelSelector
{
    private readonly List<Func<StoredObject, bool>> _terms = [];

    private LabelSelector()
    {
    }

    public bool IsEmpty => _terms.Count == 0;

    /// <exception cref="StatusException">It cannot be read.</exception>
    public static LabelSelector Parse(string text)
    {
        var selector = new LabelSelector();
        foreach (var term in SelectorText.Split(text))
        {
            selector._terms.Add(Term(term));
        }

        return selector;
    }

    public bool Matches(StoredObject item) => _terms.TrueForAll(t => t(item));

    private static Func<StoredObject, bool> Term(string term)
    {
        if (SelectorText.TrySet(term, out var setKey, out var values, out var isNegated))
        {
            return o => (o.Labels.TryGetValue(setKey, out var value) && values.Contains(value)) != isNegated;
        }

        if (SelectorText.TryComparison(term, out var key, out var operand, out var differs))
        {
            return o => (o.Labels.TryGetValue(key, out var value) && value == operand) != differs;
        }

        return term.StartsWith('!') ? o => !o.Labels.ContainsKey(term[1..].Trim()) : o => o.Labels.ContainsKey(term);
    }
}
