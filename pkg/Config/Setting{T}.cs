using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using KubeProxyNext.Config.File;
using KubeProxyNext.Config.Kinds;

namespace KubeProxyNext.Config;

/// <summary>A setting whose values are of one type.</summary>
public sealed class Setting<T>(ValueKind<T> kind, T initial) : Setting
    where T : notnull
{
    /// <summary>What else its default depends on; null where that is the same for all.</summary>
    internal Func<KubeProxyConfiguration, T>? DefaultFor { get; init; }

    /// <summary>What its values must be, beside being of its type; null for whatever they like.</summary>
    internal Rule<T>? Rule { get; init; }

    /// <inheritdoc/>
    public override string ValueName => kind.Name;

    /// <inheritdoc/>
    public override bool IsSwitch => kind.IsSwitch;

    /// <inheritdoc/>
    public override string DefaultText => kind.Print(initial);

    private string Allowed => kind.IsSaidByRules && Rule is { } rule ? rule.Allowed : kind.Allowed;

    /// <inheritdoc/>
    public override bool TryParse(
        IReadOnlyList<string> texts, [NotNullWhen(true)] out object? value, [NotNullWhen(false)] out string? error)
    {
        T? all = default;
        value = error = null;
        for (var i = 0; i < texts.Count; i++)
        {
            if (!kind.TryParse(texts[i], out var one))
            {
                error = Fault($"--{Flag}", Allowed, texts[i]);
                return false;
            }

            all = i == 0 ? one : kind.Add(all!, one);
        }

        value = texts.Count == 0 ? initial : all!;
        error = Flag is null ? null : FindFault(value, $"--{Flag}");
        return error is null;
    }

    internal T Default(KubeProxyConfiguration configuration) => DefaultFor is null ? initial : DefaultFor(configuration);

    internal override string? FindFault(object value, string name) =>
        Rule is { } rule && !rule.Holds((T)value) ? Fault(name, rule.Allowed, kind.Print((T)value)) : null;

    internal override string? Read(FileNode node, out object? value, out bool isSet)
    {
        value = null;
        isSet = !node.IsNull;
        if (!isSet)
        {
            return null;
        }

        if (!kind.TryRead(node, out var read))
        {
            return $"must be {Allowed}, not {node}";
        }

        value = read;
        isSet = !IsZeroUnset || !kind.IsZero(read);
        return null;
    }

    internal override void Write(Utf8JsonWriter json, KubeProxyConfiguration configuration) => kind.Write(json, configuration.Get(this));

    internal override bool IsDefault(object value, KubeProxyConfiguration configuration) =>
        kind.Print((T)value) == kind.Print(Default(configuration));

    private static string Fault(string name, string allowed, string text) => $"{name} must be {allowed}, not '{text}'";
}
