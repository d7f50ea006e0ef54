using KubeProxyNext.Model;

namespace KubeProxyNext.Web.Health;

/// <summary>Whether one family keeps up.</summary>
/// <param name="LastUpdated">When all that had changed was last in force.</param>
/// <param name="Age">How long the oldest change waits that is not in force; zero where all are.</param>
public readonly record struct FamilyHealth(IpFamily Family, DateTimeOffset LastUpdated, TimeSpan Age, bool IsHealthy);
