using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Who claims what.</summary>
public sealed partial class Planner
{
    private void Claim(Service? service, NodeConfig node)
    {
        if (service is null)
        {
            return;
        }

        foreach (var port in PortFrontends.Of(service, node))
        {
            foreach (var frontend in port.Frontends)
            {
                _claims.Add(frontend.Address, new Claim(service, frontend.Kind));
            }
        }
    }

    private void Release(Service? service, NodeConfig node)
    {
        if (service is null)
        {
            return;
        }

        foreach (var port in PortFrontends.Of(service, node))
        {
            foreach (var frontend in port.Frontends)
            {
                _claims.Remove(frontend.Address, new Claim(service, frontend.Kind));
            }
        }
    }
}
