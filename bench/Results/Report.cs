using KubeProxyNext.Laboratory;
using Spectre.Console;

namespace KubeProxyNext.Bench.Results;

/// <summary>What a person sees of a run.</summary>
internal sealed class Report : ConsoleReport
{
    public void Show(IEnumerable<Figure> figures)
    {
        var table = TableOf("what", "target", "measured", "", "kube-proxy 1.36 and others");
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

        Output.Write(table);
    }

    /// <summary>The last line.</summary>
    public void Verdict(IReadOnlyCollection<Figure> figures, string file)
    {
        var aimed = figures.Where(figure => figure.IsMet is not null).ToList();
        var met = aimed.Count(figure => figure.IsMet is true);
        Output.MarkupLineInterpolated($"{met} of {aimed.Count} targets met; all rounds are in {file}.");
    }

    private static Markup Verdict(Figure figure) => new(figure.IsMet switch
    {
        true => "[green]met[/]",
        false => "[red]MISSED[/]",
        null => "",
    });
}
