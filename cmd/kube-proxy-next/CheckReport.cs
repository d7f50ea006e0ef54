using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeProxyNext.Migration.Checks;

namespace KubeProxyNext;

/// <summary>What <c>check</c> prints: a line for each check for people, JSON for programs.</summary>
internal static class CheckReport
{
    internal static string ToTable(IReadOnlyList<CheckLine> lines)
    {
        var table = new StringBuilder();
        var width = lines.Max(line => line.Subject.Length);
        foreach (var line in lines)
        {
            table.Append(CultureInfo.InvariantCulture, $"{Word(line.Result),-8}{line.Subject.PadRight(width)}  {line.Found}\n");
            if (line.Advice is { } advice)
            {
                table.Append(' ', 8 + width + 2).Append(advice).Append('\n');
            }
        }

        return table.ToString();
    }

    internal static string ToJson(IReadOnlyList<CheckLine> lines)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var line in lines)
            {
                json.WriteStartObject();
                json.WriteString("check", line.Subject);
                json.WriteString("result", Word(line.Result));
                json.WriteString("found", line.Found);
                if (line.Advice is { } advice)
                {
                    json.WriteString("advice", advice);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Word(CheckResult result) => result switch
    {
        CheckResult.Passed => "passed",
        CheckResult.Warning => "warning",
        _ => "failed",
    };
}
