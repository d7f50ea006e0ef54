namespace KubeProxyNext.Bench.Results;

/// <summary>What a figure has to be: no smaller, or no larger, than a limit.</summary>
internal readonly record struct Target(double Limit, bool IsLowerBound)
{
    public static Target AtLeast(double limit) => new(limit, IsLowerBound: true);

    public static Target AtMost(double limit) => new(limit, IsLowerBound: false);

    public bool IsMetBy(double measured) => IsLowerBound ? measured >= Limit : measured <= Limit;

    public string ToText(Unit unit) => $"{(IsLowerBound ? "≥" : "≤")} {unit.Format(Limit)}";
}
