namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>Removes what kube-proxy leaves on a node in any of its modes, and nothing else (behaviour 11.6).</summary>
public static class KubeProxyCleanup
{
    /// <summary>
    /// Removes it from the network namespace of the calling thread, with the tools that the machine has. One that is missing is no error by
    /// itself, nor is there having been nothing: the kernel tells what is left.
    /// </summary>
    public static Removal Run() => Run(Tools.OfMachine);

    internal static Removal Run(Tools tools)
    {
        var log = new RemovalLog();
        new IptablesLeftovers(tools, log).Remove();
        new NftablesLeftovers(tools, log).Remove();
        new IpvsLeftovers(tools, log).Remove();
        log.LookAgain();
        return log.Result;
    }
}
