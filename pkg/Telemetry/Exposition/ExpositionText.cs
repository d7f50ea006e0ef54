using System.Buffers;
using System.Globalization;
using System.Text;

namespace KubeProxyNext.Telemetry.Exposition;

/// <summary>Lines of the text format.</summary>
internal readonly struct ExpositionText(IBufferWriter<byte> output)
{
    internal void Head(string name, string help, string type) => Line(
        $"# HELP {name} {help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)}\n# TYPE {name} {type}\n");

    internal void Sample(string name, string labels, double value) =>
        Line(labels.Length > 0 ? $"{name}{{{labels}}} {Number(value)}\n" : $"{name} {Number(value)}\n");

    /// <summary>As Go reads it.</summary>
    internal static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void Line(string text) => Encoding.UTF8.GetBytes(text, output);
}
