namespace KubeProxyNext.Laboratory;

/// <summary>The signals that tests send, with their Linux numbers.</summary>
public enum Signal
{
    /// <summary>What Ctrl-C sends.</summary>
    Interrupt = 2,

    /// <summary>Ends a process before it can do anything about it.</summary>
    Kill = 9,

    /// <summary>The polite request to end; what a kubelet sends first.</summary>
    Terminate = 15,

    /// <summary>Lets a process go on.</summary>
    Continue = 18,

    /// <summary>Holds a process where it is.</summary>
    Stop = 19,
}
