using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

internal static class Annotation
{
    /// <summary>The value of an annotation; null where it is not there.</summary>
    public static string? Find(ValueArray<KeyValuePair<string, string>> annotations, string key)
    {
        foreach (var (name, value) in annotations)
        {
            if (name == key)
            {
                return value;
            }
        }

        return null;
    }
}
