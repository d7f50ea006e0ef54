using KubeProxyNext.ClusterChecks.Facts;
using KubeProxyNext.ClusterChecks.Tools;

namespace KubeProxyNext.ClusterChecks.Clusters;

/// <summary>
/// Clusters of kubeadm. Where kube-proxy is left out, so is its ConfigMap, in which the overlay for kubeadm finds settings and API server. The one for
/// any cluster does that here, and gets the address of the control plane's container.
/// </summary>
internal sealed class Kind(RunOptions options) : IClusterTool
{
    private const string ApiServerPort = "6443";

    public string Program => "kind";

    public string HowToGet => "https://kind.sigs.k8s.io/docs/user/quick-start/#installation";

    public string Network => "kind";

    public bool IsDualStack => options.IsDualStack;

    public ToolCall List => new(Program, "get", "clusters");

    public IReadOnlyList<ToolCall> Create =>
    [
        new ToolCall(
            Program, ["create", "cluster", "--name", options.Name, "--kubeconfig", options.KubeConfig, "--config", "-",
                .. options.NodeImage is { } image ? ["--image", image] : Array.Empty<string>()])
        {
            Input = Config,
            Within = TimeSpan.FromMinutes(15),
        },
    ];

    public ToolCall Delete => new(Program, "delete", "cluster", "--name", options.Name, "--kubeconfig", options.KubeConfig);

    private string PodNetworks => IsDualStack ? "10.244.0.0/16,fd00:10:244::/56" : "10.244.0.0/16";

    private string Config => $"""
        kind: Cluster
        apiVersion: kind.x-k8s.io/v1alpha4
        networking:
          ipFamily: {(IsDualStack ? "dual" : "ipv4")}
          kubeProxyMode: none
          podSubnet: {PodNetworks}
        nodes:
        - role: control-plane
        - role: worker
        - role: worker

        """;

    public ToolCall Load(string archive) => new ToolCall(Program, "load", "image-archive", archive, "--name", options.Name) with { Within = TimeSpan.FromMinutes(5) };

    public bool IsListed(string list) => list.Split('\n', StringSplitOptions.TrimEntries).Contains(options.Name);

    public string PrepareOverlay(ITools tools, ClusterNode controlPlane)
    {
        tools.Write($"{options.Folder}/kustomization.yaml", $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources:
            - {Path.GetRelativePath(options.Folder, "manifests/overlays/generic")}
            patches:
            - target:
                kind: DaemonSet
                name: kube-proxy-next
              patch: |-
                - op: replace
                  path: /spec/template/spec/containers/0/env/1/value
                  value: {controlPlane.IPv4}
                - op: replace
                  path: /spec/template/spec/containers/0/env/2/value
                  value: "{ApiServerPort}"
            - target:
                kind: ConfigMap
                name: kube-proxy-next
              patch: |-
                - op: replace
                  path: /data/config.conf
                  value: |
                    apiVersion: kubeproxy.config.k8s.io/v1alpha1
                    kind: KubeProxyConfiguration
                    clusterCIDR: {PodNetworks}

            """);
        return options.Folder;
    }
}
