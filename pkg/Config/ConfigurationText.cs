using System.Text;
using System.Text.Json;

namespace KubeProxyNext.Config;

/// <summary>Writes a configuration with all its fields, defaults included, as a <c>KubeProxyConfiguration</c>.</summary>
public static class ConfigurationText
{
    private const string ConfigzName = "kubeproxy.config.k8s.io";

    /// <summary>What <c>/configz</c> answers.</summary>
    public static string ToConfigz(KubeProxyConfiguration configuration) => Write(json =>
    {
        json.WriteStartObject();
        json.WritePropertyName(ConfigzName);
        Write(json, configuration);
        json.WriteEndObject();
    });

    /// <summary>What <c>/flagz</c> answers: every flag with the value that is in force.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ToFlags(KubeProxyConfiguration configuration) =>
    [
        .. Settings.All.Where(setting => setting.Flag is not null)
            .Select(setting => KeyValuePair.Create(setting.Flag!, Write(json => setting.Write(json, configuration)).Trim('"'))),
    ];

    /// <summary>What <c>--config</c> takes.</summary>
    public static string ToYaml(KubeProxyConfiguration configuration)
    {
        using var document = JsonDocument.Parse(Write(json => Write(json, configuration)));
        return YamlText.Of(document.RootElement);
    }

    private static void Write(Utf8JsonWriter json, KubeProxyConfiguration configuration)
    {
        var head = new Dictionary<string, string> { ["apiVersion"] = KubeProxyConfiguration.ApiVersion, ["kind"] = KubeProxyConfiguration.Kind };
        var names = Settings.ByField.Keys.Select(field => field.Split('.')[0]).Concat(head.Keys).Distinct();
        json.WriteStartObject();
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            if (head.TryGetValue(name, out var text))
            {
                json.WriteString(name, text);
            }
            else
            {
                WriteField(json, name, configuration);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, string field, KubeProxyConfiguration configuration)
    {
        json.WritePropertyName(field[(field.LastIndexOf('.') + 1)..]);
        if (Settings.ByField.TryGetValue(field, out var setting))
        {
            setting.Write(json, configuration);
            return;
        }

        var section = $"{field}.";
        var names = Settings.ByField.Keys.Where(name => name.StartsWith(section, StringComparison.Ordinal)).Select(name => name[section.Length..].Split('.')[0]);
        json.WriteStartObject();
        foreach (var name in names.Distinct().Order(StringComparer.Ordinal))
        {
            WriteField(json, section + name, configuration);
        }

        json.WriteEndObject();
    }

    private static string Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            content(json);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
