namespace KubeProxyNext.Laboratory;

/// <summary>What was asked for on the command line, or in the environment, cannot be asked for. The message says what can.</summary>
public sealed class UsageException(string message) : Exception(message);
