namespace KubeProxyNext.Laboratory;

/// <summary>The laboratory could not do what it was asked. The message names the command and holds what it printed.</summary>
public sealed class LabException(string message, Exception? inner = null) : Exception(message, inner);
