using System.Diagnostics.CodeAnalysis;
using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>What the options say about where NodePorts are answered (behaviour 2.3).</summary>
/// <param name="IsPrimary">Only on the node's own IPs; <paramref name="Networks"/> are empty then.</param>
/// <param name="Networks">Only inside these, of both families; a family that has none is not restricted.</param>
/// <param name="Localhost">Also on 127.0.0.0/8, where the rest lets it in (<c>--iptables-localhost-nodeports</c>).</param>
public sealed record NodePortOptions(bool IsPrimary, ValueArray<IpNetwork> Networks, bool Localhost)
{
    private const string Option = "--nodeport-addresses";
    private const string Primary = "primary";

    /// <summary>Every local address, the default of kube-proxy's iptables mode.</summary>
    public static NodePortOptions Default { get; } = new(IsPrimary: false, Networks: [], Localhost: true);

    /// <summary>Reads the values of <c>--nodeport-addresses</c>: none, <c>primary</c> alone, or CIDRs, each value one or several with commas.</summary>
    /// <param name="error">One line for the user, which names option and value.</param>
    public static bool TryParse(
        IEnumerable<string> values, bool localhost, [NotNullWhen(true)] out NodePortOptions? options, [NotNullWhen(false)] out string? error)
    {
        string[] words = [.. values.Where(value => value.Length > 0).SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))];
        (options, error) = words is [Primary]
            ? (new NodePortOptions(IsPrimary: true, Networks: [], localhost), null)
            : ParseNetworks(words, localhost);
        return options is not null;
    }

    private static (NodePortOptions?, string?) ParseNetworks(string[] words, bool localhost)
    {
        var networks = new List<IpNetwork>(words.Length);
        foreach (var word in words)
        {
            if (word == Primary)
            {
                return (null, $"{Option}: '{Primary}' must be the only value");
            }

            if (!IpNetwork.TryParse(word, out var network))
            {
                return (null, $"{Option}: '{word}' is neither a CIDR nor {Primary}");
            }

            networks.Add(network);
        }

        return (new NodePortOptions(IsPrimary: false, [.. networks], localhost), null);
    }
}
