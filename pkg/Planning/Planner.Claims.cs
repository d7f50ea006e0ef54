using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Who claims what.</summary>
public sealed partial class Planner
{
    private void Claim(Service? service, NodeConfig node) => EachClaim(service, node, _claims.Add);

    private void Release(Service? service, NodeConfig node) => EachClaim(service, node, _claims.Remove);

    private static void EachClaim(Service? service, NodeConfig node, Action<FrontendAddress, Claim> take)
    {
        if (service is null)
        {
            return;
        }

        foreach (var port in PortFrontends.Of(service, node))
        {
            foreach (var frontend in port.Frontends)
            {
                take(frontend.Address, new Claim(service, frontend.Kind));
            }
        }
    }
}
