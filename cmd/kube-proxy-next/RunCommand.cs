using System.CommandLine;
using KubeProxyNext.Config;

namespace KubeProxyNext;

/// <summary>The verb <c>run</c>: its options, and what they mean together.</summary>
internal static class RunCommand
{
    internal static Command Create(TimeProvider time)
    {
        var flags = new Flags(Settings.All);
        var command = new Command("run", "Runs the daemon (also without a verb).");
        foreach (var option in flags.Options)
        {
            command.Add(option);
        }

        // All here, since the parser stops at the first level that has faults. With a file what flags are together does not count.
        command.Validators.Add(result =>
        {
            var given = flags.Read(result.GetResult, out var faults);
            foreach (var fault in given.ContainsKey(Settings.ConfigFile) ? faults : faults.Concat(ConfigurationRules.CheckTogether(ConfigurationLoader.FromFlags(given))))
            {
                result.AddError(fault);
            }
        });
        command.SetAction((parsed, cancellationToken) =>
            CommandLine.Guarded(() => Startup.RunAsync(flags.Read(parsed.GetResult, out _), time, cancellationToken), cancellationToken));
        return command;
    }
}
