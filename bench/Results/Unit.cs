using System.Globalization;

namespace KubeProxyNext.Bench.Results;

/// <summary>What a figure counts, and how many decimals of it are worth reading.</summary>
internal sealed record Unit(string Name, string Decimals)
{
    public static readonly Unit Ratio = new("", "0.000");
    public static readonly Unit Percent = new("%", "0.0");
    public static readonly Unit Nanoseconds = new("ns", "0");
    public static readonly Unit Milliseconds = new("ms", "0.00");
    public static readonly Unit Seconds = new("s", "0.000");
    public static readonly Unit Megabytes = new("MB", "0.0");
    public static readonly Unit Gigabits = new("Gbit/s", "0.0");
    public static readonly Unit Count = new("", "0");

    public string Format(double value) => $"{value.ToString(Decimals, CultureInfo.InvariantCulture)} {Name}".TrimEnd();
}
