using KubeProxyNext.Model;

namespace KubeProxyNext.Web.Health;

/// <summary>Whether one family keeps up.</summary>
/// <param name="LastUpdated">When all that had changed was last in force.</param>
public readonly record struct FamilyHealth(IpFamily Family, DateTimeOffset LastUpdated, bool IsHealthy);
