using System.CommandLine;
using KubeProxyNext.Dataplane.Flows;
using KubeProxyNext.Migration;
using KubeProxyNext.Migration.KubeProxy;
using KubeProxyNext.Netlink;

namespace KubeProxyNext;

/// <summary>The verb <c>cleanup</c>: takes away what is ours, or what kube-proxy left.</summary>
internal static class CleanupCommand
{
    private static readonly Option<bool> OfKubeProxy = new("--kube-proxy")
    {
        Description = "Removes what kube-proxy left instead: its rules in iptables and nftables, and those of IPVS; nothing of ours",
    };

    /// <param name="bpffs">The option that other verbs have too.</param>
    internal static Command Create(Option<string> bpffs)
    {
        var command = new Command("cleanup", "Detaches all programs and removes all that is pinned.") { bpffs, OfKubeProxy };
        command.SetAction((parsed, _) => CommandLine.Guarded(() =>
        {
            Clean(parsed.GetValue(OfKubeProxy), parsed.GetValue(bpffs)!);
            return Task.CompletedTask;
        }, CancellationToken.None));
        return command;
    }

    /// <summary>Takes away both, as kube-proxy's own <c>--cleanup</c> takes away what any of its modes left.</summary>
    internal static void CleanAll(string folder)
    {
        Clean(ofKubeProxy: false, folder);
        RemoveKubeProxy();
    }

    private static void Clean(bool ofKubeProxy, string folder)
    {
        if (ofKubeProxy)
        {
            RemoveKubeProxy();
            return;
        }

        var handedOver = HandOver.Nothing;
        var found = IsKubeProxyBack() ? Dataplane.Dataplane.Cleanup(folder, out handedOver) : Dataplane.Dataplane.Cleanup(folder);
        Console.WriteLine(found ? $"removed what was pinned in {folder}" : $"nothing to remove in {folder}");
        Say(handedOver);
    }

    // Without rules of it nobody would translate what nf_conntrack is told of.
    private static bool IsKubeProxyBack()
    {
        try
        {
            return LeftoverScan.Find().Count > 0;
        }
        catch (Exception error) when (error is NetlinkException or MigrationException)
        {
            return false;
        }
    }

    private static void Say(HandOver handedOver)
    {
        if (handedOver.Taken > 0)
        {
            Console.WriteLine($"connections that go on by nf_conntrack: {handedOver.Taken}");
        }

        if (handedOver.Problem is { } problem)
        {
            StandardError.Say($"connections that do not go on: {handedOver.Lost}; {problem}");
        }
    }

    private static void RemoveKubeProxy()
    {
        var removal = KubeProxyCleanup.Run();
        foreach (var line in removal.Removed.Select(what => $"removed: {what}").Concat(removal.Kept.Select(what => $"kept: {what}")))
        {
            Console.WriteLine(line);
        }

        if (removal.Left.Count + removal.Failed.Count > 0)
        {
            throw new InvalidOperationException(
                $"not all of kube-proxy's could be removed: {string.Join("; ", removal.Left.Select(what => $"there still: {what}").Concat(removal.Failed))}; "
                + "run this on the node, with iptables, ip6tables and nft installed, or let kube-proxy's own image do it: kube-proxy --cleanup");
        }

        if (removal.Removed.Count + removal.Kept.Count == 0)
        {
            Console.WriteLine("kube-proxy left nothing");
        }
    }
}
