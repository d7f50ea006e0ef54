using System.Globalization;

namespace KubeProxyNext.Migration.Checks;

/// <summary>The kernel's settings that matter to packets of Services.</summary>
/// <param name="folder">Where they are: <c>/proc/sys/net</c>, which shows those of the network namespace of who reads them.</param>
internal sealed class SettingChecks(string folder)
{
    private const int Strict = 1;
    private const int MostNames = 3;

    // Of ten connections that there may be.
    private const int NearlyFull = 9;

    internal IEnumerable<CheckLine> Run() =>
    [
        .. Forwarding("IPv4", "ipv4/ip_forward"), .. Forwarding("IPv6", "ipv6/conf/all/forwarding"), .. LoopbackRouting(), ReversePath(), Bridges(),
        Conntrack(),
    ];

    private IEnumerable<CheckLine> Forwarding(string family, string key)
    {
        if (Read(key) is { } value)
        {
            yield return value == 1
                ? CheckLine.Passed($"forwarding of {family}", "on")
                : CheckLine.Warning($"forwarding of {family}", "off", $"clients outside do not reach backends through this node: sysctl -w net.{key.Replace('/', '.')}=1");
        }
    }

    private IEnumerable<CheckLine> LoopbackRouting()
    {
        if (Read("ipv4/conf/all/route_localnet") == 1)
        {
            yield return CheckLine.Warning(
                "route_localnet", "on, as kube-proxy sets it for NodePorts on 127.0.0.1",
                "not needed here: when kube-proxy is gone, sysctl -w net.ipv4.conf.all.route_localnet=0");
        }
    }

    // The larger one of a device's own and that for all counts.
    private CheckLine ReversePath()
    {
        const string subject = "rp_filter";
        var all = Read("ipv4/conf/all/rp_filter") ?? 0;
        string[] strict =
        [
            .. from path in Directory.Exists(Path.Combine(folder, "ipv4/conf")) ? Directory.GetDirectories(Path.Combine(folder, "ipv4/conf")) : []
               let device = Path.GetFileName(path)
               where device is not ("all" or "default" or "lo") && Math.Max(all, Read($"ipv4/conf/{device}/rp_filter") ?? 0) == Strict
               orderby device
               select device,
        ];
        return strict.Length == 0
            ? CheckLine.Passed(subject, "strict nowhere")
            : CheckLine.Warning(
                subject, $"strict at {Listing.OfFirst(strict, MostNames)}",
                "fine where each packet comes by the device that leads to its sender; else the kernel drops it without a word, and loose is what is needed: "
                + $"sysctl -w net.ipv4.conf.{strict[0]}.rp_filter=2");
    }

    private CheckLine Bridges() => CheckLine.Passed("bridge-nf-call-iptables", Read("bridge/bridge-nf-call-iptables") switch
    {
        null => "not there, nor needed; kube-proxy needs it (module br_netfilter) where pods are at a bridge",
        1 => "on: not needed here, kube-proxy needs it where pods are at a bridge",
        _ => "off: not needed here; kube-proxy needs it on where pods are at a bridge",
    });

    private CheckLine Conntrack()
    {
        const string subject = "nf_conntrack";
        if (Read("netfilter/nf_conntrack_max") is not { } most)
        {
            return CheckLine.Passed(subject, "not there, nor needed; kube-proxy needs it, and so do connections that are handed over to or by it");
        }

        var count = Read("netfilter/nf_conntrack_count") ?? 0;
        var found = string.Create(CultureInfo.InvariantCulture, $"{count} of {most} connections");
        return count * 10 < most * NearlyFull
            ? CheckLine.Passed(subject, found)
            : CheckLine.Warning(subject, found, $"whatever netfilter tracks is about to be dropped: sysctl -w net.netfilter.nf_conntrack_max={2 * most}");
    }

    // Null where there is no such setting, or it may not be read.
    private long? Read(string key)
    {
        try
        {
            return long.TryParse(File.ReadAllText(Path.Combine(folder, key)).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
