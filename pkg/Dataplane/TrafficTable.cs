using System.Runtime.InteropServices;
using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Maps;

namespace KubeProxyNext.Dataplane;

/// <summary>
/// What flows have carried, by the id of their service port. Flows live on when a Service goes, and its id may be another's before they
/// end: they add to the generation that they were made in, and to no other.
/// </summary>
internal sealed class TrafficTable(BpfMap map)
{
    /// <summary>Any thread may call.</summary>
    internal ServiceTrafficValue Read(uint id)
    {
        var value = default(ServiceTrafficValue);
        map.Read((int)id, BytesOf(ref value));
        return value;
    }

    /// <summary>What is still counted for the id is nobody's: well before another gets it, so that whoever is just adding has done so.</summary>
    internal void End(uint id)
    {
        var value = Read(id);
        value.Generation++;
        map.Write((int)id, BytesOf(ref value));
    }

    /// <summary>The id is another's, who has carried nothing yet.</summary>
    internal void Begin(uint id) => Begin(id, Read(id).Generation + 1);

    /// <summary>Nothing is carried yet in this generation of the id.</summary>
    internal void Begin(uint id, uint generation)
    {
        var value = new ServiceTrafficValue { Generation = generation };
        map.Write((int)id, BytesOf(ref value));
    }

    private static Span<byte> BytesOf(ref ServiceTrafficValue value) => MemoryMarshal.AsBytes(new Span<ServiceTrafficValue>(ref value));
}
