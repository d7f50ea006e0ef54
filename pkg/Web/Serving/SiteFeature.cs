namespace KubeProxyNext.Web.Serving;

/// <summary>What a connection carries from the port that it came in at.</summary>
internal sealed record SiteFeature(Site Site);
