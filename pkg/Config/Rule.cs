namespace KubeProxyNext.Config;

/// <summary>What values must be.</summary>
/// <param name="Allowed">Follows upon "must be".</param>
internal sealed record Rule<T>(string Allowed, Func<T, bool> Holds);
