namespace KubeProxyNext.Laboratory;

/// <summary>The rules of netfilter in a place's network.</summary>
public sealed class Netfilter
{
    private readonly Place _place;

    internal Netfilter(Place place) => _place = place;

    /// <summary>Adds rules, all or none.</summary>
    /// <param name="rules">As <c>nft -f</c> reads them.</param>
    public Task ApplyAsync(string rules) => _place.FeedAsync(rules, "nft", "-f", "-");

    /// <summary>Adds rules, all or none.</summary>
    /// <param name="rules">As <c>iptables-save</c> prints them.</param>
    public Task ApplyIptablesAsync(string rules) => _place.FeedAsync(rules, "iptables-nft-restore", "--noflush");

    /// <summary>The same for IPv6.</summary>
    public Task ApplyIp6tablesAsync(string rules) => _place.FeedAsync(rules, "ip6tables-nft-restore", "--noflush");

    /// <summary>All rules that there are, of nft and of iptables; empty without any.</summary>
    public async Task<string> ListAsync() => (await _place.RunAsync("nft", "list", "ruleset")).MustSucceed();

    /// <summary>How many packets a named counter has seen.</summary>
    /// <param name="counter">Its family, table and name: <c>inet cni dropped</c>.</param>
    public async Task<long> CountAsync(string counter)
    {
        var words = (await _place.RunAsync("nft", ["list", "counter", .. counter.Split(' ')])).MustSucceed().Split([' ', '\n', '\t']);
        return long.Parse(words[Array.IndexOf(words, "packets") + 1], null);
    }
}
