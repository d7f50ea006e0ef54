using KubeProxyNext.Laboratory;
using Spectre.Console;

namespace KubeProxyNext.Soak;

/// <summary>What a person sees of a soak.</summary>
internal sealed class Report : ConsoleReport
{
    public void Show(SoakResult result)
    {
        var table = TableOf("what", "");
        table.Columns[1].RightAligned();
        foreach (var (what, value) in result.Rows)
        {
            table.AddRow(new Text(what), new Text(value));
        }

        Output.Write(table);
        foreach (var failure in result.Failures)
        {
            Error(failure);
        }

        Output.MarkupLine(result.IsGood ? "[green]Nothing failed, and nothing is left over.[/]" : "[red]Something failed.[/]");
    }
}
