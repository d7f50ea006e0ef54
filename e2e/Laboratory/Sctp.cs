namespace KubeProxyNext.Laboratory;

/// <summary>SCTP for places on a kernel without it: the packets that begin an association, made by hand.</summary>
public static class Sctp
{
    /// <summary>Starts a server that answers to a port, over both families.</summary>
    public static async Task<LabProcess> ServeAsync(Place place, int port)
    {
        var server = place.Start(Programs.Python, Arguments("serve", place.Name, $"{port}"));
        await server.Output.WaitForAsync("listening", Command.Patience);
        return server;
    }

    /// <summary>Asks a server to begin an association, and checks that its answers are such to that, with right checksums.</summary>
    /// <param name="sourcePort">The client's port; null for one that differs from process to process.</param>
    /// <returns>The server's name, and the client's address and port as the server sees them; or the name of an errno.</returns>
    /// <exception cref="LabException">The answer is wrong.</exception>
    public static async Task<string> AskAsync(Place place, string address, int port, int? sourcePort = null) =>
        (await place.RunAsync(Programs.Python, Arguments(["ask", address, $"{port}", .. sourcePort is { } own ? [$"{own}"] : Array.Empty<string>()])))
        .MustSucceed();

    private static string[] Arguments(params string[] arguments) => ["-S", "-E", "-u", "-c", Resource.Read("sctp.py"), .. arguments];
}
