namespace KubeProxyNext.ApiServer.Misbehaving;

/// <summary>Which requests a misbehaviour befalls.</summary>
public enum RequestKind
{
    Any,

    /// <summary>Lists, page by page, and single objects.</summary>
    List,

    /// <summary>Watches, streaming lists included.</summary>
    Watch,
}
