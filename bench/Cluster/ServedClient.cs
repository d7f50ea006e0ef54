using KubeProxyNext.Bench.Load;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>A client in a cgroup of its own, in which the programs are at work with so many Services.</summary>
internal sealed record ServedClient(BenchServices Services, string Cgroup, FilledDataplane Dataplane, LoadClient Client);
