using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What becomes of addresses that several Services claim.</summary>
public sealed partial class Planner
{
    private void Claim(Service? service, NodeConfig node, List<Service> claimants)
    {
        if (service is null)
        {
            return;
        }

        claimants.Add(service);
        foreach (var port in PortFrontends.Of(service, node.Families))
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

        foreach (var port in PortFrontends.Of(service, node.Families))
        {
            foreach (var frontend in port.Frontends)
            {
                _claims.Remove(frontend.Address, new Claim(service, frontend.Kind));
            }
        }
    }

    private bool Owns(ObjectName service, FrontendAddress address) => _claims.OwnerOf(address) == service;

    private bool OwnsAll(ObjectName service, ServicePortPlan port) =>
        port.Frontends.All(frontend => Owns(service, frontend.Address));

    private ServicePlan WithoutLost(ServicePlan plan)
    {
        var ports = plan.Ports.Select(port => port with
        {
            Frontends = [.. port.Frontends.Where(frontend => Owns(plan.Name, frontend.Address))],
        });
        return plan with { Ports = [.. ports.Where(port => !port.Frontends.IsEmpty)] };
    }

    // News is a Service that changed and does not get what it asks for, or a rival that took its address.
    private List<PlanningProblem> FindProblems(List<Service> claimants, IReadOnlyList<Handover> handovers, NodeConfig node)
    {
        var problems = new HashSet<PlanningProblem>();
        foreach (var handover in handovers)
        {
            problems.UnionWith(_claims.LosersOf(handover.Address).Select(loser => Taken(loser, handover.Address)));
        }

        foreach (var service in claimants.Where(service => (_claims.HasConflicts || service.Ports.Count > 1) && IsCurrent(service)))
        {
            problems.UnionWith(ProblemsOf(service, node));
        }

        return [.. problems.OrderBy(problem => problem.Service).ThenBy(problem => problem.Address.Ip)
            .ThenBy(problem => problem.Address.Port).ThenBy(problem => problem.Address.Protocol)];
    }

    private bool IsCurrent(Service service) => ReferenceEquals(_snapshots.GetValueOrDefault(service.Name)?.Service, service);

    private IEnumerable<PlanningProblem> ProblemsOf(Service service, NodeConfig node)
    {
        var listedTwice = PortFrontends.ListedTwice(service, node.Families)
            .SelectMany(port => port.Frontends, (_, frontend) =>
                new PlanningProblem(PlanningProblemKind.PortListedTwice, service.Name, frontend.Address, service.Name));
        return _claims.HasConflicts
            ? PortFrontends.Of(service, node.Families).SelectMany(port => port.Frontends)
                .Where(frontend => !Owns(service.Name, frontend.Address))
                .Select(frontend => Taken(service.Name, frontend.Address)).Concat(listedTwice)
            : listedTwice;
    }

    private PlanningProblem Taken(ObjectName loser, FrontendAddress address) =>
        new(PlanningProblemKind.AddressTaken, loser, address, _claims.OwnerOf(address).GetValueOrDefault());
}
