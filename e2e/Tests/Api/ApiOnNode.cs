using System.Net;
using KubeProxyNext.ApiServer;

namespace KubeProxyNext.EndToEnd.Api;

/// <summary>Puts the API server of a test onto a node: it runs in the test's process and listens on the node's address.</summary>
internal static class ApiOnNode
{
    private const int UsualPort = 6443;

    public static Task<TestApiServer> StartAsync(Node node) => TestApiServer.StartAsync(new()
    {
        Address = IPAddress.Parse(node.IPv4),
        Port = UsualPort,
        Bind = node.Bind,
    });
}
