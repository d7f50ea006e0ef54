using System.CommandLine;
using System.CommandLine.Parsing;
using KubeProxyNext.Config;
using KubeProxyNext.Dataplane.Devices;

namespace KubeProxyNext;

/// <summary>Settings that have flags as options of the command line, understood as kube-proxy understands its own.</summary>
internal sealed class Flags(IEnumerable<Setting> settings)
{
    private readonly Dictionary<Setting, Option<string[]>> _options = settings
        .Where(setting => setting.Flag is not null)
        .ToDictionary(setting => setting, Create);

    internal IEnumerable<Option> Options => _options.Values;

    /// <summary>
    /// The same arguments as the parser should have them: dashes and underscores are the same in the names of flags, and an empty value
    /// is one.
    /// </summary>
    internal static string[] Normalize(string[] args) => [.. args.SelectMany(Normalize)];

    /// <summary>Those that were given, with their values.</summary>
    /// <param name="faults">What is wrong with others, a line each.</param>
    internal IReadOnlyDictionary<Setting, object> Read(Func<Option, OptionResult?> resultOf, out IReadOnlyList<string> faults)
    {
        var given = new Dictionary<Setting, object>();
        var wrong = new List<string>();
        foreach (var (setting, option) in _options)
        {
            if (resultOf(option) is not { Implicit: false } result)
            {
                continue;
            }

            if (setting.TryParse(TextsOf(setting, result), out var value, out var error) && IsDevices(setting, value, out error))
            {
                given.Add(setting, value);
            }
            else
            {
                wrong.Add(error!);
            }
        }

        faults = wrong;
        return given;
    }

    private static IEnumerable<string> Normalize(string arg)
    {
        if (!arg.StartsWith("--", StringComparison.Ordinal))
        {
            return [arg];
        }

        var end = arg.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? at : arg.Length;
        var name = arg[..end].Replace('_', '-');
        return end == arg.Length - 1 ? [name, ""] : [name + arg[end..]];
    }

    private static Option<string[]> Create(Setting setting)
    {
        // "-v" is the one that has a short name, which is its whole name.
        string[] names = setting.Flag!.Length == 1 ? [$"--{setting.Flag}", $"-{setting.Flag}"] : [$"--{setting.Flag}"];
        return new Option<string[]>(names[0], names[1..])
        {
            Description = setting.DefaultText.Length == 0 ? setting.Description : $"{setting.Description} (default: {setting.DefaultText})",
            HelpName = setting.ValueName,
            Arity = setting.IsSwitch ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
            Hidden = setting.Meaning == Meaning.Void,
        };
    }

    private static IReadOnlyList<string> TextsOf(Setting setting, OptionResult result) =>
        setting.IsSwitch && result.Tokens.Count == 0 ? ["true"] : [.. result.Tokens.Select(token => token.Value)];

    private static bool IsDevices(Setting setting, object value, out string? error)
    {
        error = null;
        return !ReferenceEquals(setting, Settings.Devices) || DeviceOptions.TryParse((string)value, out error) is not null;
    }
}
