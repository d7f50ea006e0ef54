namespace KubeProxyNext.Migration;

/// <summary>Many of a kind in one line of text.</summary>
public static class Listing
{
    /// <summary>Names the first of them, and says how many more there are.</summary>
    public static string OfFirst<T>(IReadOnlyCollection<T> all, int most, string separator = ", ") =>
        string.Join(separator, all.Take(most)) + (all.Count > most ? $" and {all.Count - most} more" : "");
}
