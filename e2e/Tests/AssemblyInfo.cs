using KubeProxyNext.EndToEnd;

[assembly: RequiresBpf]
