using System.CommandLine;
using KubeProxyNext.Config;
using KubeProxyNext.Dataplane.Flows;

namespace KubeProxyNext;

/// <summary>kube-proxy's options that say how long connections live without packets (behaviour 6.2 and 10).</summary>
internal static class FlowOptions
{
    private static readonly Option<string> TcpEstablished = Timeout(
        "--conntrack-tcp-timeout-established", "24h", "How long an idle TCP connection is remembered (0: as long as nf_conntrack does by itself, five days)");

    private static readonly Option<string> TcpCloseWait = Timeout(
        "--conntrack-tcp-timeout-close-wait", "1h", "The same where one side is done and the other is not (0: a minute)");

    private static readonly Option<string> Udp = Timeout(
        "--conntrack-udp-timeout", "0s", "How long a datagram and its answer are remembered (0: 30 seconds)");

    private static readonly Option<string> UdpStream = Timeout(
        "--conntrack-udp-timeout-stream", "0s", "How long more datagrams than these are (0: two minutes)");

    internal static IReadOnlyList<Option> All { get; } = [TcpEstablished, TcpCloseWait, Udp, UdpStream];

    internal static FlowTimeouts Read(ParseResult parsed)
    {
        return new(Of(TcpEstablished), Of(TcpCloseWait), Of(Udp), Of(UdpStream));

        TimeSpan Of(Option<string> option) => GoDuration.TryParse(parsed.GetValue(option)!, out var timeout) ? timeout : TimeSpan.Zero;
    }

    private static Option<string> Timeout(string name, string value, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "duration", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(GoDuration.TryParse(token.Value, out var timeout) && timeout >= TimeSpan.Zero))
            {
                result.AddError($"{name} must be a duration like 90s or 1h30m, not negative, not '{token.Value}'");
            }
        });
        return option;
    }
}
