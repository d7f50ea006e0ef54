using KubeProxyNext.Laboratory;
using Spectre.Console;

namespace KubeProxyNext.Demo;

/// <summary>What the demo shows.</summary>
internal sealed class Report : ConsoleReport
{
    /// <summary>Something to copy: in one line, however long.</summary>
    public void Type(string text) => Output.Profile.Out.Writer.WriteLine($"    {text}");

    public void Show(IReadOnlyList<Trial> trials)
    {
        var table = TableOf("what", "where", "command", "expected", "came back", "").ShowRowSeparators();
        foreach (var trial in trials)
        {
            string[] cells = [trial.Title, trial.Where, trial.Command, trial.Expected, trial.CameBack];
            table.AddRow([.. cells.Select(cell => new Markup(Markup.Escape(cell))), new Markup(trial.Good ? "[green]ok[/]" : "[red]WRONG[/]")]);
        }

        Output.Write(table);
    }

    /// <summary>The last line.</summary>
    public void Verdict(IReadOnlyList<Trial> trials)
    {
        var good = trials.Count(trial => trial.Good);
        var verdict = good == trials.Count ? "[green]It works[/]" : "[red]Something is wrong[/]";
        Output.MarkupLine($"{verdict}: {good} of {trials.Count} as expected.");
    }
}
