using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>Something that was not as this process had left it, and has been put right.</summary>
/// <param name="Kind"><c>pin</c>, <c>link</c>, <c>device</c>, or the name of a map.</param>
/// <param name="What">Which one.</param>
public readonly record struct Drift(IpFamily Family, string Kind, string What)
{
    public override string ToString() => $"{Family} {Kind} {What}";
}
