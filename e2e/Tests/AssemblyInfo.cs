using System.Runtime.Versioning;
using KubeProxyNext.EndToEnd;

[assembly: SupportedOSPlatform("linux")]
[assembly: RequiresBpf]
