using KubeProxyNext.Bpf;

namespace KubeProxyNext.Unit;

/// <summary>What tests as root need of the machine: systemd mounts a bpffs, other machines may have none.</summary>
[SetUpFixture]
public sealed class MachineSetUp
{
    [OneTimeSetUp]
    public void MountBpffs()
    {
        if (Environment.IsPrivilegedProcess)
        {
            FileSystem.MountBpffsFor($"{FileSystem.UsualBpfFs}/kpn-unit");
        }
    }
}
