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
var serviceCidr = new Option<string>("--service-cidr")
{
    Description = "where cluster IPs are allocated from, a ServiceCIDR as every API server has one since 1.33; empty for none",
    DefaultValueFactory = _ => "10.96.0.0/12",
};
var root = new RootCommand("Serves a made-up cluster as a Kubernetes API server does")
{
    services, endpoints, manifests, address, port, names, kubeConfig, serviceCidr,
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
    if (parsed.GetValue(serviceCidr) is { Length: > 0 } cidr)
    {
        api.Apply($"{{apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {{name: kubernetes}}, spec: {{cidrs: ['{cidr}']}}}}");
    }

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
