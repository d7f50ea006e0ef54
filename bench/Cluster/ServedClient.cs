using KubeProxyNext.Bench.Load;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Cluster;

/// <summary>A client in a cgroup of its own, below one in which the programs are at work with so many Services.</summary>
internal sealed record ServedClient(BenchServices Services, Place Place, FilledDataplane Dataplane, LoadClient Client);
