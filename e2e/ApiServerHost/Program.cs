using System.CommandLine;
using System.Net;
using KubeProxyNext.ApiServer;
using KubeProxyNext.ApiServerHost;

// The test API server as a process of its own, for benchmarks and for daemons in other network namespaces. It says "listening URL"
// when it is ready, then takes commands on standard input, one a line; "help" lists them. It ends with standard input.
var services = new Option<int>("--services") { Description = "Services to load at the start" };
var endpoints = new Option<int>("--endpoints") { Description = "endpoints of each", DefaultValueFactory = _ => 2 };
var manifests = new Option<string[]>("--manifest") { Description = "files with objects to load at the start" };
var address = new Option<string>("--address") { Description = "address to listen on", DefaultValueFactory = _ => "127.0.0.1" };
var port = new Option<int>("--port") { Description = "port to listen on; 0 takes any that is free" };
var names = new Option<string[]>("--name") { Description = "further names and addresses of the server's certificate" };
var kubeConfig = new Option<string?>("--write-kubeconfig") { Description = "file to write a kubeconfig to" };
var root = new RootCommand("Serves a made-up cluster as a Kubernetes API server does")
{
    services, endpoints, manifests, address, port, names, kubeConfig,
};
root.SetAction(async (parsed, cancellation) =>
{
    var console = new EventConsole(Console.Out);
    await using var api = await TestApiServer.StartAsync(
        new()
        {
            Address = IPAddress.Parse(parsed.GetValue(address)!),
            Port = parsed.GetValue(port),
            ExtraNames = parsed.GetValue(names) ?? [],
            OnWritten = console.Tell,
        },
        cancellation);
    foreach (var file in parsed.GetValue(manifests) ?? [])
    {
        api.Apply(await File.ReadAllTextAsync(file, cancellation));
    }

    var load = new BulkLoad(parsed.GetValue(services), parsed.GetValue(endpoints));
    api.Load(load);
    if (parsed.GetValue(kubeConfig) is { } path)
    {
        await File.WriteAllTextAsync(path, api.KubeConfig(), cancellation);
    }

    console.Say($"listening {api.Url.GetLeftPart(UriPartial.Authority)}");
    await new CommandLoop(api, load, console, TimeProvider.System).RunAsync(Console.In, cancellation);
});
return await root.Parse(args).InvokeAsync();
