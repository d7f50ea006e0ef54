using System.Globalization;
using System.Text.Json;

namespace KubeProxyNext.EndToEnd.Image;

/// <summary>What a program of an image is started with on a node, as its pod would have it.</summary>
internal sealed record Container(UnpackedImage Image, Node Node)
{
    /// <summary>Files and folders of the machine, and where the program finds them.</summary>
    public IReadOnlyList<(string Source, string Target)> Mounts { get; init; } = [];

    /// <summary>Beside those of the image.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Without <c>CAP_</c>; null for all that there are.</summary>
    public IReadOnlyCollection<string>? Capabilities { get; init; }

    /// <summary>Instead of the image's own.</summary>
    public string? Program { get; init; }

    /// <summary>Starts the image's program on the node's network, in a file system that has nothing of the machine but what is mounted.</summary>
    public LabProcess Start(params IEnumerable<string> arguments)
    {
        var environment = Image.Environment.Concat(Environment).ToDictionary(pair => pair.Key, pair => pair.Value);
        var spec = JsonSerializer.Serialize(new
        {
            root = Image.Root,
            mounts = Mounts.Select(mount => new[] { mount.Source, mount.Target }),
            capabilities = Capabilities?.Select(EndToEnd.Image.Capabilities.NumberOf),
            environment,
            command = (Program is null ? Image.Command : [Program]).Concat(arguments),
        });
        return Node.Start(
            "unshare", "--mount", "--propagation", "private", "--cgroup", "--pid", "--fork", "--kill-child", "--",
            Programs.Python, "-S", "-E", "-u", "-c", Script(), spec);
    }

    /// <summary>The number by which the machine knows the program itself, which for its own part is number 1.</summary>
    public static int IdOf(LabProcess process) =>
        int.Parse(File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Trim(), CultureInfo.InvariantCulture);

    /// <summary>Runs it to its end.</summary>
    public async Task<ProcessResult> RunAsync(params IEnumerable<string> arguments)
    {
        await using var process = Start(arguments);
        process.CloseInput();
        return await process.ResultAsync(TimeSpan.FromSeconds(30));
    }

    private static string Script()
    {
        using var stream = typeof(Container).Assembly.GetManifestResourceStream("container.py")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
