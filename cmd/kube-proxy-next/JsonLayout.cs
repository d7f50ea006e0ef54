using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>One object of JSON for each line, with the names that Kubernetes components use: milliseconds, message, verbosity, what it is made of.</summary>
internal sealed class JsonLayout : ILogLayout
{
    private const string Template = "{OriginalFormat}";

    // It is read by machines, and by people in a terminal; by no browser.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Line(
        LogLevel level, string category, string message, IReadOnlyList<KeyValuePair<string, object?>> values, Exception? exception, DateTimeOffset time)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("ts", (time - DateTimeOffset.UnixEpoch).TotalMilliseconds);
            json.WriteString("level", level switch { LogLevel.Critical => "fatal", LogLevel.Error => "error", LogLevel.Warning => "warn", _ => "info" });
            json.WriteString("logger", category);
            json.WriteString("msg", message);
            json.WriteNumber("v", level switch { LogLevel.Debug => 4, LogLevel.Trace => 6, _ => 0 });
            foreach (var (name, value) in values.Where(pair => pair.Key != Template))
            {
                json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(name), Convert.ToString(value, CultureInfo.InvariantCulture));
            }

            if (exception is not null)
            {
                json.WriteString("err", exception.Message);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
