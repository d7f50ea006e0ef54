using Spectre.Console;

namespace KubeProxyNext.Demo;

/// <summary>What the demo shows.</summary>
internal sealed class Report(IAnsiConsole console)
{
    private const int WidthWithoutTerminal = 160;

    /// <summary>A report on standard output, wide enough to read where that is a file or a pipe.</summary>
    public static Report ToOutput()
    {
        if (!Console.IsOutputRedirected)
        {
            return new(AnsiConsole.Console);
        }

        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = WidthWithoutTerminal;
        return new(console);
    }

    /// <summary>Tells what is going on.</summary>
    public void Say(string text) => console.MarkupLineInterpolated($"[grey]>[/] {text}");

    /// <summary>Something to copy: in one line, however long.</summary>
    public void Type(string text) => console.Profile.Out.Writer.WriteLine($"    {text}");

    public void Error(string text) => console.MarkupLineInterpolated($"[red]{text}[/]");

    public void Show(IReadOnlyList<Trial> trials)
    {
        var table = new Table().Border(console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii).ShowRowSeparators();
        table.AddColumns("what", "where", "command", "expected", "came back", "");
        foreach (var trial in trials)
        {
            string[] cells = [trial.Title, trial.Where, trial.Command, trial.Expected, trial.CameBack];
            table.AddRow([.. cells.Select(cell => new Markup(Markup.Escape(cell))), new Markup(trial.Good ? "[green]ok[/]" : "[red]WRONG[/]")]);
        }

        console.Write(table);
    }

    /// <summary>The last line.</summary>
    public void Verdict(IReadOnlyList<Trial> trials)
    {
        var good = trials.Count(trial => trial.Good);
        var verdict = good == trials.Count ? "[green]It works[/]" : "[red]Something is wrong[/]";
        console.MarkupLine($"{verdict}: {good} of {trials.Count} as expected.");
    }
}
