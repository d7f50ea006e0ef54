using System.Runtime.InteropServices;
using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Dataplane.Sequences;

/// <summary><see cref="Address4"/>, with an <see cref="Interruption"/> where one is written: so between the slots of a set, and around it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FragileAddress(Address4 Address) : IMapAddress<FragileAddress>
{
    public static IpFamily Family => Address4.Family;

    public static FragileAddress From(IpAddress address)
    {
        Interruption.Use();
        return new(Address4.From(address));
    }

    public IpAddress ToIpAddress() => Address.ToIpAddress();

    public ulong Hash(ulong seedAndTail) => Address.Hash(seedAndTail);
}
