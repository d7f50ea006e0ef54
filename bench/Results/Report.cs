using Spectre.Console;

namespace KubeProxyNext.Bench.Results;

/// <summary>What a person sees of a run.</summary>
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

    public void Show(IEnumerable<Figure> figures)
    {
        var table = new Table().Border(console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii);
        table.AddColumns("what", "target", "measured", "", "kube-proxy 1.36 and others");
        table.Columns[2].RightAligned();
        foreach (var group in figures.GroupBy(figure => figure.Group))
        {
            table.AddRow(new Markup($"[bold]{Markup.Escape(group.Key)}[/]"));
            foreach (var figure in group)
            {
                table.AddRow(
                    new Text($"  {figure.What}"),
                    new Text(figure.Target?.ToText(figure.Unit) ?? ""),
                    new Text(figure.Unit.Format(figure.Measured)),
                    Verdict(figure),
                    new Text(figure.Peers));
            }
        }

        console.Write(table);
    }

    /// <summary>The last line.</summary>
    public void Verdict(IReadOnlyCollection<Figure> figures, string file)
    {
        var aimed = figures.Where(figure => figure.IsMet is not null).ToList();
        var met = aimed.Count(figure => figure.IsMet is true);
        console.MarkupLineInterpolated($"{met} of {aimed.Count} targets met; all rounds are in {file}.");
    }

    private static Markup Verdict(Figure figure) => new(figure.IsMet switch
    {
        true => "[green]met[/]",
        false => "[red]MISSED[/]",
        null => "",
    });
}
