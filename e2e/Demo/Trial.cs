namespace KubeProxyNext.Demo;

/// <summary>One thing that was tried.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Where">The pod or node in which the command ran.</param>
/// <param name="Command">The command, as a person would type it there.</param>
/// <param name="Expected">What should come back, in words.</param>
/// <param name="CameBack">What came back.</param>
/// <param name="Good">Whether that is what was expected.</param>
internal sealed record Trial(string Title, string Where, string Command, string Expected, string CameBack, bool Good);
