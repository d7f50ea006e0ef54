using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    // Before a frontend says that it is restricted, all who may dial it are written; and new ones before old ones go.
    private void AddSourceRanges(PortState<TAddress> port, ServicePortPlan plan)
    {
        if (plan.SourceRanges.IsEmpty)
        {
            return;
        }

        // What it had before everybody was let in may be there still, for programs that had seen that it was restricted.
        if (port.HasFormerRanges)
        {
            _reclaimer.Drain();
        }

        var added = new HashSet<IpNetwork>(plan.SourceRanges);
        added.ExceptWith(port.SourceRanges ?? []);
        _maps.SourceRanges.Add(port.Service, [.. added]);
        (port.SourceRanges ??= []).UnionWith(added);
    }

    // Who is let in no more is out at once, and before there are frontends that never were for such a client.
    private void RemoveSourceRanges(PortState<TAddress> port, ServicePortPlan plan)
    {
        if (plan.SourceRanges.IsEmpty || port.SourceRanges is not { } written)
        {
            return;
        }

        var removed = new HashSet<IpNetwork>(written);
        removed.ExceptWith(plan.SourceRanges);
        _maps.SourceRanges.Remove(port.Service, removed);
        written.ExceptWith(removed);
    }

    // Where nothing is restricted any more, a program may still have seen that something was.
    private void LiftSourceRanges(PortState<TAddress> port, ServicePortPlan plan)
    {
        if (!plan.SourceRanges.IsEmpty || port.SourceRanges is not { } lifted)
        {
            return;
        }

        (port.SourceRanges, port.HasFormerRanges) = (null, true);
        _reclaimer.Retire(() =>
        {
            _maps.SourceRanges.Remove(port.Service, lifted);
            port.HasFormerRanges = false;
        });
    }
}
