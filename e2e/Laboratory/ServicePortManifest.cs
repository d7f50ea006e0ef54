namespace KubeProxyNext.Laboratory;

/// <summary>A port of a Service and the port of its backends. <paramref name="Name"/> joins the two.</summary>
/// <param name="Protocol"><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
/// <param name="NodePort">The port on every node; 0 for none.</param>
public sealed record ServicePortManifest(string Name, int Port, int Target, string Protocol, int NodePort);
