using System.Runtime.Versioning;
using KubeProxyNext.ClusterChecks;
using KubeProxyNext.Laboratory;

[assembly: SupportedOSPlatform("linux")]

using var interruption = new Interruption();
return await CommandLine.RunAsync(args, interruption.Token);
