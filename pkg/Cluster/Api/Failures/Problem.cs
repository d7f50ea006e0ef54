using Microsoft.Extensions.Logging;

namespace KubeProxyNext.Cluster.Api.Failures;

/// <summary>A failure as a person wants to hear of it.</summary>
/// <param name="Reason">One word for counters: <c>unauthorized</c>.</param>
/// <param name="Key">Two failures with one key are the same problem, and said once.</param>
/// <param name="Text">What is wrong and what to check.</param>
/// <param name="Level">Information for what heals by itself.</param>
internal sealed record Problem(string Reason, string Key, string Text, LogLevel Level = LogLevel.Error);
