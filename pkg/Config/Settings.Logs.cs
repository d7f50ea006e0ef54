using KubeProxyNext.Config.Kinds;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <content>The log.</content>
public static partial class Settings
{
    public static readonly Setting<int> Verbosity = new(new NumberKind(), 0)
    {
        Flag = "v",
        Field = "logging.verbosity",
        IsBesideFile = true,
        Description = "How much is logged; 4 and more is for debugging",
    };

    public static readonly Setting<string> LoggingFormat = new(new TextKind("text|json"), "text")
    {
        Flag = "logging-format",
        Field = "logging.format",
        IsBesideFile = true,
        IsZeroUnset = true,
        Rule = Rules.OneOf("text", "json"),
        Description = "How lines of the log look: text, or one JSON object each",
    };

    internal static readonly Setting<ValueArray<string>> VModule = new(new PatternsKind(), [])
    {
        Flag = "vmodule",
        Field = "logging.vmodule",
        IsBesideFile = true,
        IsZeroUnset = true,
        Meaning = Meaning.Ignored,
        Description = "Verbosities of single files of kube-proxy's source",
    };

    private static Setting[] Logs =>
    [
        Verbosity, LoggingFormat, VModule,
        new Setting<TimeSpan>(new DurationKind(takesNanoseconds: true), TimeSpan.FromSeconds(5))
        {
            Flag = "log-flush-frequency",
            Field = "logging.flushFrequency",
            IsBesideFile = true,
            IsZeroUnset = true,
            Meaning = Meaning.Ignored,
            Description = "How long lines may wait: each is written at once",
        },
        SplitStream("text"), InfoBufferSize("text"), SplitStream("json"), InfoBufferSize("json"),
    ];

    private static Setting<bool> SplitStream(string format) => new(new SwitchKind(), false)
    {
        Flag = $"log-{format}-split-stream",
        Field = $"logging.options.{format}.splitStream",
        IsBesideFile = true,
        Meaning = Meaning.Ignored,
        Description = $"Whether errors go elsewhere than the rest, in {format}: all goes to standard error",
    };

    private static Setting<string> InfoBufferSize(string format) => new(new TextKind("quantity"), "0")
    {
        Flag = $"log-{format}-info-buffer-size",
        Field = $"logging.options.{format}.infoBufferSize",
        IsBesideFile = true,
        IsZeroUnset = true,
        Meaning = Meaning.Ignored,
        Description = $"How much may wait to be written, in {format}: nothing does",
    };
}
