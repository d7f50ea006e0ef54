using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeProxyNext.Model;
using KubeProxyNext.Telemetry;

namespace KubeProxyNext;

/// <summary>What <c>status</c> prints: a table for people, JSON for programs.</summary>
internal static class StatusReport
{
    internal static string ToTable(IReadOnlyList<FamilyCounters> families, IReadOnlyDictionary<IpFamily, IReadOnlyList<string>> devices)
    {
        var table = new StringBuilder();
        foreach (var family in families)
        {
            var served = devices[family.Family] is { Count: > 0 } names ? string.Join(' ', names) : "none";
            table.Append(CultureInfo.InvariantCulture, $"{family.Family}\n  {"devices",-24}{served,16}\n");
            foreach (var (name, value) in Rows(family))
            {
                table.Append(CultureInfo.InvariantCulture, $"  {name,-24}{value,16}\n");
            }
        }

        return table.ToString();
    }

    internal static string ToJson(IReadOnlyList<FamilyCounters> families, IReadOnlyDictionary<IpFamily, IReadOnlyList<string>> devices)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var family in families)
            {
                json.WriteStartObject(family.Family.ToString());
                json.WriteStartArray("devices");
                foreach (var name in devices[family.Family])
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                foreach (var (name, value) in Rows(family))
                {
                    json.WriteNumber(name, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static IEnumerable<(string Name, ulong Value)> Rows(FamilyCounters family) =>
    [
        ("connections", family.Connections),
        ("refused", family.Refused),
        ("packets_to_backends", family.ToBackends.Packets),
        ("packets_to_clients", family.ToClients.Packets),
        ("bytes_to_backends", family.ToBackends.Bytes),
        ("bytes_to_clients", family.ToClients.Bytes),
        ("flow_entries", family.Flows.Entries),
        ("flow_capacity", family.Flows.Capacity),
        ("flow_connections", family.Flows.Connections),
        .. family.ByReason.OrderBy(pair => pair.Key).Select(pair => (SnakeCase(pair.Key.ToString()), pair.Value)),
    ];

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
}
