namespace KubeProxyNext.Migration.KubeProxy;

/// <summary>A table of iptables.</summary>
/// <param name="Chains">Those of the kernel, too.</param>
internal sealed record IptablesTable(string Name, IReadOnlyList<string> Chains, IReadOnlyList<IptablesRule> Rules)
{
    /// <summary>Reads what <c>iptables-save</c> prints.</summary>
    internal static IReadOnlyList<IptablesTable> Parse(string saved)
    {
        var tables = new List<IptablesTable>();
        var (chains, rules) = (new List<string>(), new List<IptablesRule>());
        foreach (var line in saved.Split('\n'))
        {
            switch (line)
            {
                case ['*', .. var name]:
                    (chains, rules) = ([], []);
                    tables.Add(new(name.Trim(), chains, rules));
                    break;
                case [':', .. var chain]:
                    chains.Add(chain.Split(' ')[0]);
                    break;
                default:
                    rules.AddRange(IptablesRule.TryParse(line) is { } rule ? [rule] : []);
                    break;
            }
        }

        return tables;
    }
}
