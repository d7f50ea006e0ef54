using System.CommandLine;
using KubeProxyNext.ClusterChecks.Clusters;
using KubeProxyNext.ClusterChecks.DryRun;
using KubeProxyNext.ClusterChecks.Tools;
using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks;

/// <summary>What can be asked for. Exit codes: 0 all as expected, 1 something was not, 2 bad usage, 3 something that is needed is missing, 130 interrupted.</summary>
internal static class CommandLine
{
    private const int Fine = 0, Wrong = 1, Missing = 3, Interrupted = 130;

    private static readonly Argument<string> Tool = new("tool") { Description = "What makes the cluster: kind or k3d" };
    private static readonly Option<string> Name = new("--name") { Description = "The cluster's name", DefaultValueFactory = _ => "kpn-e2e" };
    private static readonly Option<bool> Keep = new("--keep") { Description = "Keep the cluster, and tell how to use and how to remove it" };
    private static readonly Option<bool> Dry = new("--dry-run") { Description = "Run nothing; print what would be run" };
    private static readonly Option<string?> NodeImage = new("--node-image") { Description = "The image of the nodes (kindest/node:..., rancher/k3s:...)" };

    private static readonly Option<string> IpFamily = new("--ip-family") { Description = "dual or ipv4 (k3d: always ipv4)", DefaultValueFactory = _ => "dual" };

    private static readonly Option<string> TestImage = new("--test-image")
    {
        Description = "Server and client of the checks",
        DefaultValueFactory = _ => "registry.k8s.io/e2e-test-images/agnhost:2.53",
    };

    private static readonly Option<double> Patience = new("--patience")
    {
        Description = "For how many seconds a check is tried again before it has failed",
        DefaultValueFactory = _ => 15,
    };

    public static Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        Tool.AcceptOnlyFromAmong("kind", "k3d");
        IpFamily.AcceptOnlyFromAmong("dual", "ipv4");
        var root = new RootCommand("Tries on a cluster of kind or k3d what a user of it would notice.")
        {
            Tool, Name, Keep, Dry, NodeImage, IpFamily, TestImage, Patience,
        };
        root.SetAction((parsed, _) => CheckAsync(parsed, cancellation));
        var result = root.Parse(args);
        return result.Errors.Count > 0 ? BadUsageAsync(result) : result.InvokeAsync(new() { ProcessTerminationTimeout = null }, CancellationToken.None);
    }

    private static async Task<int> BadUsageAsync(ParseResult result)
    {
        const int badUsage = 2;
        await result.InvokeAsync(cancellationToken: CancellationToken.None);
        return badUsage;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var report = new Report(Console.Out, Console.Error);
        var options = OptionsOf(parsed);
        Environment.CurrentDirectory = Binary.RepositoryRoot;
        IClusterTool tool = parsed.GetValue(Tool) == "kind" ? new Kind(options) : new K3d(options);
        try
        {
            if (parsed.GetValue(Dry))
            {
                await Plan.ShowAsync(tool, options, report, cancellation);
                return Fine;
            }

            return await new ClusterRun(new InstalledTools(), tool, options, report).RunAsync(cancellation) ? Fine : Wrong;
        }
        catch (OperationCanceledException)
        {
            report.Error(options.Keep ? "Interrupted." : "Interrupted; everything is removed.");
            return Interrupted;
        }
        catch (MissingException error)
        {
            report.Error(error.Message);
            return Missing;
        }
        catch (LabException error)
        {
            report.Error(error.Message);
            return Wrong;
        }
    }

    private static RunOptions OptionsOf(ParseResult parsed) => new(parsed.GetValue(Name)!)
    {
        TestImage = parsed.GetValue(TestImage)!,
        NodeImage = parsed.GetValue(NodeImage) is { Length: > 0 } image ? image : null,
        IsDualStack = parsed.GetValue(IpFamily) == "dual",
        Patience = TimeSpan.FromSeconds(parsed.GetValue(Patience)),
        Keep = parsed.GetValue(Keep),
    };
}
