using System.CommandLine;
using System.CommandLine.Invocation;

namespace KubeProxyNext;

/// <summary>What is said of a command line that cannot be understood: a line for each fault, not the whole help.</summary>
internal static class Usage
{
    private const int BadUsage = 2;
    private const int FarthestSuggestion = 3;

    /// <summary>Does what the command line says, or says what is wrong with it.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> InvokeAsync(ParseResult parsed, IEnumerable<string> verbs)
    {
        if (parsed.Action is not ParseErrorAction)
        {
            return await parsed.InvokeAsync().ConfigureAwait(false);
        }

        var command = parsed.CommandResult.Command;
        var known = verbs.Concat(command.Options.SelectMany(option => option.Aliases.Append(option.Name))).ToList();
        foreach (var fault in FaultsOf(parsed, known))
        {
            StandardError.Say(fault);
        }

        StandardError.TryWrite($"See 'kube-proxy-next {command.Name} --help'.\n");
        return BadUsage;
    }

    private static IEnumerable<string> FaultsOf(ParseResult parsed, IReadOnlyCollection<string> known)
    {
        var unmatched = parsed.UnmatchedTokens;
        var faults = parsed.Errors.Select(error => error.Message).Where(message => !unmatched.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal)));

        // What follows an unknown option is its value, most likely, and no fault of its own.
        var strange = unmatched.Where((token, i) => i == 0 || token.StartsWith('-'));
        return faults.Concat(strange.Select(token => $"'{token}' is not known" + Suggestion(token.Split('=')[0], known)));
    }

    private static string Suggestion(string word, IReadOnlyCollection<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(word, candidate))!;
        return word.Length > FarthestSuggestion && Distance(word, nearest) <= FarthestSuggestion ? $"; did you mean '{nearest}'?" : "";
    }

    // Levenshtein's: how many letters must be put in, left out or exchanged.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
