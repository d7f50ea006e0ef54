namespace KubeProxyNext.Unit.Builders;

/// <summary>What a cluster is made of: a Service or an endpoint.</summary>
public interface IClusterItem;
