using KubeProxyNext.Bpf;

namespace KubeProxyNext.Migration.Checks;

/// <summary>What the kernel is and has. Versions say little, since features are ported back: each is asked for.</summary>
public static class KernelChecks
{
    private const string TypesFile = "/sys/kernel/btf/vmlinux";
    private const int Loopback = 1;

    private static readonly Version Oldest = new(5, 15);

    public static IEnumerable<CheckLine> Run()
    {
        var version = Environment.OSVersion.Version;
        yield return version >= Oldest
            ? CheckLine.Passed("kernel", $"{version.ToString(3)}")
            : CheckLine.Failed("kernel", $"{version.ToString(3)}", $"{Oldest} or newer is needed");
        yield return File.Exists(TypesFile)
            ? CheckLine.Passed("kernel types (BTF)", TypesFile)
            : CheckLine.Failed("kernel types (BTF)", $"{TypesFile} is not there", "use a kernel that is built with CONFIG_DEBUG_INFO_BTF");
        yield return HasTcx()
            ? CheckLine.Passed("programs at devices", "links (tcx)")
            : CheckLine.Passed("programs at devices", "filters (clsact), since the kernel has no tcx (6.6)");
        yield return Function(
            "bpf_sock_destroy", "sockets of backends that went", "can be ended",
            "connected UDP sockets are not told when their backend goes: nothing to do but a newer kernel (6.5)");
        yield return Function(
            "bpf_skb_ct_lookup", "connections that kube-proxy began", "go on",
            "TCP connections from outside that kube-proxy translates are refused from the take-over on, and clients have to connect again; "
            + "if nf_conntrack is a module, it has to be loaded before the daemon starts (5.18)");
    }

    private static CheckLine Function(string function, string subject, string has, string lacks) => KernelFunctions.Exists(function)
        ? CheckLine.Passed(subject, has)
        : CheckLine.Warning(subject, $"the kernel has no {function}", lacks);

    private static bool HasTcx()
    {
        try
        {
            _ = DevicePrograms.List(Loopback, DeviceHook.Ingress);
            return true;
        }
        catch (BpfException)
        {
            return false;
        }
    }
}
