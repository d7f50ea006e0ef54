using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeProxyNext.Manifests;

/// <summary>
/// What <c>kubectl apply</c> would complain of, without a cluster: fields that there are not, values of another type, what is missing. It knows
/// the fields that our manifests use (<c>schema.txt</c>); one that is used for the first time is to be added there, after a look at Kubernetes'.
/// </summary>
public sealed partial class Schema
{
    private readonly Dictionary<string, SchemaType> _types = [];

    private Schema(string text)
    {
        SchemaType? type = null;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] != ' ')
            {
                type = _types[words[0]] = new(words.ElementAtOrDefault(1), []);
            }
            else
            {
                type!.Fields[words[0].TrimEnd('!')] = new(words[1], words[0].EndsWith('!'));
            }
        }
    }

    /// <summary>The fields that our manifests may have.</summary>
    public static Schema Ours { get; } = Load();

    /// <summary>All that is wrong with an object, each with its place.</summary>
    public IReadOnlyList<string> FaultsOf(JsonObject one)
    {
        var kind = $"{one["kind"]}";
        if (!_types.TryGetValue(kind, out var type) || type.ApiVersion is null)
        {
            return [$"kind '{kind}' is not known"];
        }

        var (faults, rest) = (new List<string>(), one.DeepClone().AsObject());
        if ($"{one["apiVersion"]}" != type.ApiVersion)
        {
            faults.Add($"{kind} is of {type.ApiVersion}, not of {one["apiVersion"]}");
        }

        rest.Remove("kind");
        rest.Remove("apiVersion");
        Check(rest, kind, kind, faults);
        return faults;
    }

    private static Schema Load()
    {
        using var stream = typeof(Schema).Assembly.GetManifestResourceStream("schema.txt")!;
        using var reader = new StreamReader(stream);
        return new(reader.ReadToEnd());
    }

    private void Check(JsonNode? value, string type, string place, List<string> faults)
    {
        switch (type, value)
        {
            case (['[', ']', ..], JsonArray list):
                foreach (var (i, element) in list.Index())
                {
                    Check(element, type[2..], $"{place}[{i}]", faults);
                }

                break;
            case (['{', '}', ..], JsonObject map):
                foreach (var (key, element) in map)
                {
                    Check(element, type[2..], $"{place}.{key}", faults);
                }

                break;
            case ([>= 'A' and <= 'Z', ..], JsonObject one):
                CheckFields(one, _types[type], place, faults);
                break;
            default:
                if (!IsPlain(type, value))
                {
                    faults.Add($"{place} must be {type}, not {value?.ToJsonString() ?? "null"}");
                }

                break;
        }
    }

    private void CheckFields(JsonObject one, SchemaType type, string place, List<string> faults)
    {
        faults.AddRange(type.Fields.Where(field => field.Value.IsRequired && !one.ContainsKey(field.Key)).Select(field => $"{place}.{field.Key} is missing"));
        foreach (var (key, value) in one)
        {
            if (type.Fields.TryGetValue(key, out var field))
            {
                Check(value, field.Type, $"{place}.{key}", faults);
            }
            else
            {
                faults.Add($"{place}.{key} is not known");
            }
        }
    }

    private static bool IsPlain(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("string", JsonValueKind.String) => true,
        ("name", JsonValueKind.String) => Name().IsMatch($"{value}"),
        ("quantity", JsonValueKind.String) => Quantity().IsMatch($"{value}"),
        ("int" or "int|string", JsonValueKind.Number) => value!.AsValue().TryGetValue<long>(out _),
        ("int|string", JsonValueKind.String) => true,
        ("bool", JsonValueKind.True or JsonValueKind.False) => true,
        _ => false,
    };

    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
    private static partial Regex Name();

    [GeneratedRegex("^[0-9]+(m|Ki|Mi|Gi)?$")]
    private static partial Regex Quantity();

    private sealed record SchemaType(string? ApiVersion, Dictionary<string, SchemaField> Fields);

    private sealed record SchemaField(string Type, bool IsRequired);
}
