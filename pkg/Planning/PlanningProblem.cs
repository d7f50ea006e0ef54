using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Why a Service does not get an address that it asks for.</summary>
public enum PlanningProblemKind : byte
{
    /// <summary>Another Service has the better claim (behaviour 2.5).</summary>
    AddressTaken,

    /// <summary>An earlier port of the same Service has this protocol and the same number or name.</summary>
    PortListedTwice,
}

/// <summary>Something that the cluster says and that cannot be done, for the log. It is told when the Service or its rival changes, not each time it is planned.</summary>
/// <param name="Owner">Who has the address.</param>
public readonly record struct PlanningProblem(
    PlanningProblemKind Kind, ObjectName Service, FrontendAddress Address, ObjectName Owner)
{
    public override string ToString() => Kind == PlanningProblemKind.AddressTaken
        ? $"Service {Service} does not get {Address}: it belongs to Service {Owner}, whose claim is older or stronger"
        : $"Service {Service} does not get {Address}: an earlier one of its ports has the same protocol and number or name";
}
