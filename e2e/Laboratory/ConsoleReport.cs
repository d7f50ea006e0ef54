using Spectre.Console;

namespace KubeProxyNext.Laboratory;

/// <summary>What a person sees of a run on a console. It is wide enough to read where standard output is a file or a pipe.</summary>
public abstract class ConsoleReport
{
    private const int WidthWithoutTerminal = 160;

    protected IAnsiConsole Output { get; } = Console.IsOutputRedirected ? WithoutTerminal() : AnsiConsole.Console;

    /// <summary>Tells what is going on.</summary>
    public void Say(string text) => Output.MarkupLineInterpolated($"[grey]>[/] {text}");

    /// <summary>Tells what went wrong.</summary>
    public void Error(string text) => Output.MarkupLineInterpolated($"[red]{text}[/]");

    /// <summary>An empty table that looks right on this console.</summary>
    protected Table TableOf(params string[] columns) =>
        new Table().Border(Output.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii).AddColumns(columns);

    private static IAnsiConsole WithoutTerminal()
    {
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = WidthWithoutTerminal;
        return console;
    }
}
