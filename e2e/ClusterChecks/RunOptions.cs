namespace KubeProxyNext.ClusterChecks;

/// <summary>What a run is to do.</summary>
/// <param name="Name">The cluster's name, which also begins those of whatever else is made for it.</param>
internal sealed record RunOptions(string Name)
{
    /// <summary>Server and client of the checks: agnhost, or what answers and asks as it does.</summary>
    public required string TestImage { get; init; }

    /// <summary>The image of the nodes, which decides on the version of Kubernetes; null for the one that the tool takes by itself.</summary>
    public string? NodeImage { get; init; }

    /// <summary>Whether nodes, pods and Services have IPv6 addresses, too, where the tool makes that.</summary>
    public bool IsDualStack { get; init; }

    /// <summary>For how long a check is tried again before it has failed: what was just written takes a moment to come into force.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>Whether the cluster stays.</summary>
    public bool Keep { get; init; }

    /// <summary>Where files of this run are, in the repository: the kubeconfig, the overlay, what was found when something went wrong.</summary>
    public string Folder => $"out/cluster-checks/{Name}";

    /// <summary>The kubeconfig of this cluster alone: the user's is left as it is.</summary>
    public string KubeConfig => $"{Folder}/kubeconfig";

    /// <summary>The container that is no part of the cluster.</summary>
    public string Outside => $"{Name}-outside";
}
