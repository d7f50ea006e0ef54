using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>What became of one object.</summary>
/// <param name="Name">Default where it has none that could be read.</param>
/// <param name="Object">Null where it is absent or unusable.</param>
/// <param name="IsAbsent">It is not for this proxy: the same as if it did not exist. If false and there is no object, it is unusable.</param>
internal readonly record struct Decoded<T>(ObjectName Name, T? Object, bool IsAbsent = false)
    where T : class;
