namespace KubeProxyNext.Config;

/// <summary>A configuration that cannot be used: all that is wrong with it.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> faults) : Exception(string.Join('\n', faults))
{
    /// <summary>A line each.</summary>
    public IReadOnlyList<string> Faults => faults;
}
