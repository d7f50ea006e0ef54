using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane;

/// <summary>What came of one round of the <see cref="SyncLoop"/>.</summary>
/// <param name="Plans">All that were applied, those that had failed before among them.</param>
/// <param name="IsFull">Whether it was about all Services: at the start, and when the node changed in what all depend on.</param>
/// <param name="Planning">How long it took to plan.</param>
/// <param name="Families">One for each family that is served.</param>
public sealed record SyncResult(IReadOnlyList<ServicePlan> Plans, bool IsFull, TimeSpan Planning, IReadOnlyList<FamilyResult> Families);

/// <summary>What came of it in one family.</summary>
/// <param name="Applying">How long it took to apply the plans.</param>
/// <param name="Failures">Services that are not in force; where there are none all that was taken is.</param>
public sealed record FamilyResult(IpFamily Family, TimeSpan Applying, IReadOnlyList<ApplyFailure> Failures);
