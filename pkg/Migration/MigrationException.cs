namespace KubeProxyNext.Migration;

/// <summary>Something could not be found out or removed: what, and why.</summary>
public sealed class MigrationException(string message) : Exception(message);
