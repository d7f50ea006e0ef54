namespace KubeProxyNext.Config;

/// <summary>What is wrong with values.</summary>
/// <param name="Text">A line for the user, without the place.</param>
/// <param name="About">The settings that it is about, the nearest one first.</param>
internal sealed record Fault(string Text, params IReadOnlyList<Setting> About);
