using System.Text;

namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>
/// What has to go from a table for kube-proxy's rules to be gone, and nothing else. A chain that somebody else's rule leads to stays as it
/// is, with all that it leads to: without it that rule could not be. Who marks packets for masquerading wants them masqueraded, too.
/// </summary>
/// <param name="Jumps">Rules in chains of the kernel, which lead to kube-proxy's.</param>
/// <param name="Chains">Chains that go, with all their rules.</param>
/// <param name="Kept">kube-proxy's chains that others use.</param>
internal sealed record IptablesRemoval(
    string Table, IReadOnlyList<IptablesRule> Jumps, IReadOnlyList<string> Chains, IReadOnlyList<string> Kept)
{
    private const string Marks = "KUBE-MARK-MASQ";
    private const string Masquerades = "KUBE-POSTROUTING";

    internal bool IsEmpty => Jumps.Count + Chains.Count == 0;

    /// <summary>What <c>iptables-restore --noflush</c> is told: all of it happens, or none.</summary>
    internal string Transaction
    {
        get
        {
            // A chain that is named in the head is emptied.
            var text = new StringBuilder($"*{Table}\n");
            text.AppendJoin("", Chains.Select(chain => $":{chain} - [0:0]\n"));
            text.AppendJoin("", Jumps.Select(rule => $"{rule.Deletion}\n"));
            text.AppendJoin("", Chains.Select(chain => $"-X {chain}\n"));
            return text.Append("COMMIT\n").ToString();
        }
    }

    internal static IptablesRemoval Of(IptablesTable table)
    {
        var ours = table.Chains.Where(chain => KubeProxyChains.Contains(table.Name, chain)).ToHashSet();
        var jumps = table.Rules.Where(rule => IsJump(table.Name, rule)).ToList();
        var kept = new HashSet<string>();
        Keep(table.Rules.Where(rule => !ours.Contains(rule.Chain)).Except(jumps));
        if (kept.Contains(Marks) && ours.Contains(Masquerades))
        {
            kept.Add(Masquerades);
            jumps.RemoveAll(rule => rule.Target == Masquerades);
        }

        return new(table.Name, jumps, [.. ours.Except(kept)], [.. kept]);

        void Keep(IEnumerable<IptablesRule> rules)
        {
            var found = rules.Select(rule => rule.Target).OfType<string>().Where(chain => ours.Contains(chain) && kept.Add(chain)).ToHashSet();
            if (found.Count > 0)
            {
                Keep(table.Rules.Where(rule => found.Contains(rule.Chain)));
            }
        }
    }

    private static bool IsJump(string table, IptablesRule rule) =>
        rule.Target is { } target && KubeProxyChains.IsEntered(table, target)
        && rule.Chain is "PREROUTING" or "INPUT" or "FORWARD" or "OUTPUT" or "POSTROUTING";
}
