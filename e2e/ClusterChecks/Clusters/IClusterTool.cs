using KubeProxyNext.ClusterChecks.Facts;
using KubeProxyNext.ClusterChecks.Tools;

namespace KubeProxyNext.ClusterChecks.Clusters;

/// <summary>What makes clusters in containers: all that differs between them.</summary>
internal interface IClusterTool
{
    string Program { get; }

    /// <summary>Where to get it.</summary>
    string HowToGet { get; }

    /// <summary>The docker network that the nodes are in.</summary>
    string Network { get; }

    /// <summary>Whether nodes, pods and Services get IPv6 addresses, too.</summary>
    bool IsDualStack { get; }

    /// <summary>Lists the clusters that there are.</summary>
    ToolCall List { get; }

    /// <summary>Makes the cluster, without kube-proxy: a control plane and two workers; and writes its kubeconfig.</summary>
    IReadOnlyList<ToolCall> Create { get; }

    /// <summary>Removes the cluster, however much of it there is.</summary>
    ToolCall Delete { get; }

    /// <summary>Copies an image to all nodes.</summary>
    ToolCall Load(string archive);

    /// <summary>Whether a cluster is in the list.</summary>
    bool IsListed(string list);

    /// <summary>The folder with the kustomization that deploys, where the API server is found without Services.</summary>
    string PrepareOverlay(ITools tools, ClusterNode controlPlane);
}
