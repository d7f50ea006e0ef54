using KubeProxyNext.Model;

namespace KubeProxyNext.Web.Health;

/// <summary>The proxy's health at one moment (behaviour 7.1).</summary>
/// <param name="Families">Those that have begun, IPv4 first.</param>
public sealed record HealthReport(DateTimeOffset Now, ValueArray<FamilyHealth> Families)
{
    /// <summary>Whether no family is late.</summary>
    public bool IsHealthy => Families.All(family => family.IsHealthy);

    /// <summary>The newest of all families; the zero time where there is none.</summary>
    public DateTimeOffset LastUpdated => Families.IsEmpty ? DateTimeOffset.MinValue : Families.Max(family => family.LastUpdated);
}
