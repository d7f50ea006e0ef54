namespace KubeProxyNext.Bench.Load;

/// <summary>What one round of a client came to.</summary>
/// <param name="PerSecond">Connections opened and closed.</param>
/// <param name="ConnectMicroseconds">The median of what <c>connect</c> alone took.</param>
internal readonly record struct LoadResult(double PerSecond, double ConnectMicroseconds);
