using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using KubeProxyNext.Config.File;

namespace KubeProxyNext.Config;

/// <summary>
/// Something that can be set: by a flag, by a field of a <c>KubeProxyConfiguration</c>, or by either. Flags, the reader and the writer
/// of files, help, documentation and warnings are all made from the table of these, <see cref="Settings"/>.
/// </summary>
public abstract class Setting
{
    /// <summary>The flag's name without dashes; null where there is none.</summary>
    public string? Flag { get; init; }

    /// <summary>The field, with dots between sections: <c>iptables.masqueradeAll</c>; null where there is none.</summary>
    public string? Field { get; init; }

    /// <summary>For users: what it does here.</summary>
    public required string Description { get; init; }

    public Meaning Meaning { get; init; }

    /// <summary>Whether the flag counts where there is a file, too; most are overruled by it, whether it says something or not.</summary>
    public bool IsBesideFile { get; init; }

    /// <summary>Whether zero, or no text, in a file means that nothing is said: Go's fields cannot tell.</summary>
    public bool IsZeroUnset { get; init; }

    /// <summary>What its values are, in a word: <c>duration</c>.</summary>
    public abstract string ValueName { get; }

    /// <summary>Whether a flag without a value means true.</summary>
    public abstract bool IsSwitch { get; }

    /// <summary>For documentation.</summary>
    public abstract string DefaultText { get; }

    /// <summary>The flag with its dashes, and the field: where to look for it.</summary>
    public string NameIn(bool file) => file && Field is not null ? Field : Flag is null ? Field! : $"--{Flag}";

    /// <summary>Reads what the command line says, which may be the flag several times.</summary>
    /// <param name="error">A line for the user.</param>
    public abstract bool TryParse(IReadOnlyList<string> texts, [NotNullWhen(true)] out object? value, [NotNullWhen(false)] out string? error);

    /// <summary>What is wrong with a value of its type, for the user; null where nothing is.</summary>
    internal abstract string? FindFault(object value, string name);

    /// <summary>Reads what a file says.</summary>
    /// <param name="isSet">Whether it says anything.</param>
    /// <returns>What is wrong, without the place; null where nothing is.</returns>
    internal abstract string? Read(FileNode node, out object? value, out bool isSet);

    internal abstract void Write(Utf8JsonWriter json, KubeProxyConfiguration configuration);

    internal abstract bool IsDefault(object value, KubeProxyConfiguration configuration);
}
