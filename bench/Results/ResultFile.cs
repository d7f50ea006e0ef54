using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeProxyNext.Bench.Results;

/// <summary>The figures of one run, for programs.</summary>
/// <param name="Quick">Whether the rounds were shortened, so that the figures are rough.</param>
/// <param name="NotMeasured">What could not be measured, and why.</param>
internal sealed record ResultFile(Machine Machine, bool Quick, IReadOnlyList<ResultFile.Entry> Figures, IReadOnlyList<string> NotMeasured)
{
    public static ResultFile From(Machine machine, bool quick, IEnumerable<Figure> figures, IReadOnlyList<string> notMeasured) =>
        new(machine, quick, [.. figures.Select(Entry.From)], notMeasured);

    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, ResultJson.Default.ResultFile) + "\n");
    }

    /// <summary>A figure; <c>target</c> and <c>met</c> are left out where it is only reported.</summary>
    internal sealed record Entry(
        string Group, string What, string Unit, double Measured, string? Target, bool? Met, string Peers, IReadOnlyList<double> Rounds)
    {
        public static Entry From(Figure figure) => new(
            figure.Group,
            figure.What,
            figure.Unit.Name,
            figure.Measured,
            figure.Target?.ToText(figure.Unit),
            figure.IsMet,
            figure.Peers,
            figure.Rounds);
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResultFile))]
internal sealed partial class ResultJson : JsonSerializerContext;
