using KubeProxyNext.Dataplane.Maps;
using KubeProxyNext.Model;
using IPv4Dataplane = KubeProxyNext.Dataplane.FamilyDataplane<KubeProxyNext.Dataplane.Maps.FrontendBucket4, KubeProxyNext.Dataplane.Maps.Address4>;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Looks things up in the maps as the programs would, by what a person calls them.</summary>
internal static class MapReader
{
    extension(IPv4Dataplane dataplane)
    {
        internal FrontendTarget Target(string frontend, Protocol protocol = Protocol.Tcp) =>
            dataplane.Maps.Frontends.Find(new FrontendKey<Address4>(Plans.Address(frontend, protocol)))!.Value;

        internal SlotValue<Address4>[] Slots(FrontendTarget target, TrafficPolicy policy)
        {
            var range = new SetValue(dataplane.Maps.Sets[(int)SetId.Of(target.Service, policy)]).Range;
            return [.. Enumerable.Range(range.First, range.Count).Select(slot => dataplane.Maps.Slots[slot])];
        }

        /// <summary>The id of a backend of the set that answers clients on the node.</summary>
        internal uint BackendId(string frontend, string backend, Protocol protocol = Protocol.Tcp)
        {
            var target = dataplane.Target(frontend, protocol);
            return dataplane.Slots(target, target.Internal).First(slot => slot.ToBackend().ToString() == backend).Backend;
        }

        internal BackendValue Backend(uint id) => dataplane.Maps.Backends[(int)id];
    }
}
