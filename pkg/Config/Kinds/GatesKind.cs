using System.Collections.Immutable;
using System.Text.Json;
using KubeProxyNext.Config.File;

namespace KubeProxyNext.Config.Kinds;

/// <summary>Names that are true or false: <c>name=true,other=false</c>.</summary>
internal sealed class GatesKind() : ValueKind<ImmutableSortedDictionary<string, bool>>("name=true|false,...", "names with true or false, like Name=true,Other=false")
{
    internal static readonly ImmutableSortedDictionary<string, bool> None = ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal);

    private static readonly SwitchKind Switch = new();

    internal override bool TryParse(string text, out ImmutableSortedDictionary<string, bool> value)
    {
        value = None;
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var state] || !Switch.TryParse(state, out var isOn))
            {
                return false;
            }

            value = value.SetItem(name, isOn);
        }

        return true;
    }

    internal override bool TryRead(FileNode node, out ImmutableSortedDictionary<string, bool> value)
    {
        value = None;
        if (node is not FileMapping mapping)
        {
            return false;
        }

        foreach (var (name, _, state) in mapping.Entries)
        {
            if (!Switch.TryRead(state, out var isOn))
            {
                return false;
            }

            value = value.SetItem(name, isOn);
        }

        return true;
    }

    internal override ImmutableSortedDictionary<string, bool> Add(
        ImmutableSortedDictionary<string, bool> before, ImmutableSortedDictionary<string, bool> more) => before.SetItems(more);

    internal override bool IsZero(ImmutableSortedDictionary<string, bool> value) => value.IsEmpty;

    internal override string Print(ImmutableSortedDictionary<string, bool> value) =>
        string.Join(',', value.Select(gate => $"{gate.Key}={Switch.Print(gate.Value)}"));

    internal override void Write(Utf8JsonWriter json, ImmutableSortedDictionary<string, bool> value)
    {
        json.WriteStartObject();
        foreach (var (name, isOn) in value)
        {
            json.WriteBoolean(name, isOn);
        }

        json.WriteEndObject();
    }
}
