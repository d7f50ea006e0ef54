namespace KubeProxyNext.Bench.Sections;

/// <summary>What the hooks of one connection take, in nanoseconds and without what the counting itself takes.</summary>
internal readonly record struct HookTimes(double Connect, double Release);
