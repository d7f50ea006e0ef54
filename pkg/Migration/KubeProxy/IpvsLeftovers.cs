using System.Net;
using KubeProxyNext.Netlink;

namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>What kube-proxy leaves in its IPVS mode beside rules of iptables: virtual services, the device that has their addresses, sets.</summary>
internal sealed class IpvsLeftovers(Tools tools, RemovalLog log)
{
    internal const string Device = "kube-ipvs0";

    private const string State = "/proc/thread-self/net/ip_vs";

    /// <summary>Removes them: after the rules, which use the sets.</summary>
    internal void Remove()
    {
        log.Try(RemoveDevice);
        log.Try(RemoveSets);
    }

    private void RemoveDevice()
    {
        if (Links.List().FirstOrDefault(link => link.Name == Device) is not { } device)
        {
            return;
        }

        if (File.Exists(State))
        {
            RemoveServices(device.Index);
        }

        Links.Delete(device.Index);
        log.Removed($"device {Device}");
    }

    private void RemoveServices(int device)
    {
        var addresses = LocalAddresses.List().ToLookup(address => address.InterfaceIndex == device, address => address.Address);
        var services = IpvsServices.Parse(
            tools.Succeed("ipvsadm", ["--save", "--numeric"]), new HashSet<IPAddress>(addresses[true]), new HashSet<IPAddress>(addresses[false]));
        foreach (var (protocol, address) in services)
        {
            tools.Succeed("ipvsadm", ["--delete-service", protocol, address]);
        }

        log.Removed($"IPVS: {services.Count} virtual services");
    }

    private void RemoveSets()
    {
        if (!tools.Has("ipset"))
        {
            return;
        }

        var all = tools.Succeed("ipset", ["list", "-name"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] found = [.. all.Where(IpvsSets.Contains)];
        foreach (var set in found)
        {
            log.Try(() =>
            {
                tools.Succeed("ipset", ["destroy", set]);
                log.Removed($"ipset: {set}");
            });
        }
    }
}
