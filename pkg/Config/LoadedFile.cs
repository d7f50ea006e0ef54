namespace KubeProxyNext.Config;

/// <summary>What a file says, with the flags that count beside it.</summary>
/// <param name="Lenience">What a strict reader would have refused it for, with file and line: it is as if that were not there.</param>
/// <param name="Overruled">Flags that were given and do not count.</param>
public sealed record LoadedFile(KubeProxyConfiguration Configuration, IReadOnlyList<string> Lenience, IReadOnlyList<Setting> Overruled);
