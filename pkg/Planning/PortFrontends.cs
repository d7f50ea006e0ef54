using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>
/// One service port in one family, and the frontends that it would have if no other Service claimed their addresses. It takes
/// the Service alone to say, so that claims need not be settled again when endpoints change.
/// </summary>
internal readonly record struct PortFrontends(IpFamily Family, ServicePort Port, ValueArray<Frontend> Frontends)
{
    /// <summary>
    /// All that a node of these families programs: nothing for an ExternalName, and nothing in a family in which the Service
    /// has no cluster IP (behaviour 1.2).
    /// </summary>
    public static IEnumerable<PortFrontends> Of(Service service, ValueArray<IpFamily> families) =>
        Of(service, families, areListedTwice: false);

    /// <summary>
    /// What is left out since an earlier port of the list has the same protocol and the same number or name. The API server
    /// lets neither pass; the first in the list has it.
    /// </summary>
    public static IEnumerable<PortFrontends> ListedTwice(Service service, ValueArray<IpFamily> families) =>
        Of(service, families, areListedTwice: true);

    private static IEnumerable<PortFrontends> Of(Service service, ValueArray<IpFamily> families, bool areListedTwice)
    {
        for (var f = 0; f < families.Count; f++)
        {
            if (ClusterIPOf(service, families[f]) is not { } clusterIP)
            {
                continue;
            }

            for (var p = 0; p < service.Ports.Count; p++)
            {
                if (IsListedTwice(service.Ports.AsSpan()[..p], service.Ports[p]) == areListedTwice)
                {
                    yield return new PortFrontends(families[f], service.Ports[p], FrontendsOf(service, service.Ports[p], clusterIP));
                }
            }
        }
    }

    private static bool IsListedTwice(ReadOnlySpan<ServicePort> earlier, ServicePort port)
    {
        foreach (var other in earlier)
        {
            if (other.Protocol == port.Protocol && (other.Port == port.Port || other.Name == port.Name))
            {
                return true;
            }
        }

        return false;
    }

    private static ValueArray<Frontend> FrontendsOf(Service service, ServicePort port, IpAddress clusterIP) =>
        [new Frontend(new FrontendAddress(clusterIP, port.Port, port.Protocol), FrontendKind.ClusterIP, service.InternalTrafficPolicy, service.InternalTrafficPolicy)];

    // The family is as the Service lists it (behaviour 1.3), but no map of one family takes an address of the other.
    private static IpAddress? ClusterIPOf(Service service, IpFamily family) =>
        service.Type != ServiceType.ExternalName && service.ClusterIP(family) is { } ip && ip.Family == family ? ip : null;
}
