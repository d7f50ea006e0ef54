using System.Text.Json;
using KubeProxyNext.Config.File;

namespace KubeProxyNext.Config.Kinds;

/// <summary>How values of a type are read and written.</summary>
/// <param name="name">In a word, for help.</param>
/// <param name="allowed">Follows upon "must be".</param>
public abstract class ValueKind<T>(string name, string allowed)
    where T : notnull
{
    internal string Name => name;

    internal string Allowed => allowed;

    internal virtual bool IsSwitch => false;

    /// <summary>Whether what a setting's rule allows says of which type it is, too.</summary>
    internal virtual bool IsSaidByRules => false;

    /// <summary>Reads the text of a flag.</summary>
    internal abstract bool TryParse(string text, out T value);

    /// <summary>Reads a node of a file, which is not null.</summary>
    internal virtual bool TryRead(FileNode node, out T value)
    {
        value = default!;
        return node is FileScalar scalar && TryParse(scalar.Text, out value);
    }

    /// <summary>What a flag means that comes again: the last one counts.</summary>
    internal virtual T Add(T before, T more) => more;

    /// <summary>Whether Go takes it for not set.</summary>
    internal abstract bool IsZero(T value);

    internal abstract string Print(T value);

    internal virtual void Write(Utf8JsonWriter json, T value) => json.WriteStringValue(Print(value));
}
