namespace KubeProxyNext.Model;

/// <summary>An internal or external traffic policy: all usable endpoints, or only those on this node.</summary>
public enum TrafficPolicy : byte
{
    Cluster,
    Local,
}
