using KubeProxyNext.Bench.Cluster;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.Bench.Rules;

/// <summary>Rules of the kind that kube-proxy writes in one of its modes.</summary>
internal interface IRuleSet
{
    /// <summary>The mode.</summary>
    string Name { get; }

    /// <summary>Writes the whole rule set in the form that the mode's tool reads.</summary>
    void Write(TextWriter file, BenchServices services);

    /// <summary>Puts a written rule set in place of the one in force, in the node's network namespace alone.</summary>
    Task LoadAsync(Node node, string file);
}
