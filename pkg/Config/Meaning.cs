namespace KubeProxyNext.Config;

/// <summary>What a setting does here.</summary>
public enum Meaning
{
    /// <summary>What its description says.</summary>
    Effective,

    /// <summary>Nothing: it is taken, and who gives it is told so.</summary>
    Ignored,

    /// <summary>Nothing, nor does kube-proxy do anything with it on Linux: it is taken without a word.</summary>
    Void,
}
