using Spectre.Console;

namespace KubeProxyNext.Soak;

/// <summary>What a person sees of a soak.</summary>
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

    public void Error(string text) => console.MarkupLineInterpolated($"[red]{text}[/]");

    public void Show(SoakResult result)
    {
        var table = new Table().Border(console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii);
        table.AddColumns("what", "");
        table.Columns[1].RightAligned();
        foreach (var (what, value) in result.Rows)
        {
            table.AddRow(new Text(what), new Text(value));
        }

        console.Write(table);
        foreach (var failure in result.Failures)
        {
            Error(failure);
        }

        console.MarkupLine(result.IsGood ? "[green]Nothing failed, and nothing is left over.[/]" : "[red]Something failed.[/]");
    }
}
