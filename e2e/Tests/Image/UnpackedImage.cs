using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace KubeProxyNext.EndToEnd.Image;

/// <summary>
/// The container image of the published program, made as <c>make image</c> makes it and unpacked as <c>ctr images import</c> does: index,
/// manifest, layers, one over the other.
/// </summary>
internal sealed class UnpackedImage : IDisposable
{
    public const string Version = "1.2.3";

    private readonly string _folder;
    private readonly string _archive;

    private UnpackedImage(string folder)
    {
        _folder = folder;
        _archive = Path.Combine(folder, "archive");
        Root = Path.Combine(folder, "root");
    }

    /// <summary>The archive.</summary>
    public string File => Path.Combine(_folder, "image.tar");

    /// <summary>What a container sees as <c>/</c>.</summary>
    public string Root { get; }

    public JsonElement Index { get; private set; }

    public JsonElement Config { get; private set; }

    public IReadOnlyList<string> Command => [.. Config.GetProperty("config").GetProperty("Entrypoint").EnumerateArray().Select(one => one.GetString()!)];

    public IReadOnlyDictionary<string, string> Environment => Config.GetProperty("config").GetProperty("Env").EnumerateArray()
        .Select(one => one.GetString()!.Split('=', 2)).ToDictionary(one => one[0], one => one[1]);

    public static UnpackedImage Make()
    {
        var image = new UnpackedImage(Directory.CreateTempSubdirectory("kpn-image-").FullName);
        Pack(image.File);
        image.Unpack();
        return image;
    }

    /// <summary>Makes the archive, anew from the program on.</summary>
    public static void Pack(string file)
    {
        Run("image/rootfs", Binary.Path, $"{file}.rootfs");
        Run("image/archive", $"{file}.rootfs", Version, file);
        Directory.Delete($"{file}.rootfs", recursive: true);
    }

    /// <summary>The files and links, as a container names them.</summary>
    public IReadOnlyList<string> Files() =>
        [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(path => path[Root.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>A file of the archive, by the name in it.</summary>
    public JsonElement Read(string name)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(_archive, name)));
        return document.RootElement.Clone();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Unpack()
    {
        TarFile.ExtractToDirectory(File, Directory.CreateDirectory(_archive).FullName, overwriteFiles: false);
        Index = Read("index.json");
        var manifest = Read(Blob(Index.GetProperty("manifests")[0]));
        Config = Read(Blob(manifest.GetProperty("config")));
        Directory.CreateDirectory(Root);
        var contents = Config.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString());
        foreach (var (layer, content) in manifest.GetProperty("layers").EnumerateArray().Zip(contents))
        {
            UnpackLayer(Path.Combine(_archive, Blob(layer)), content!);
        }
    }

    private void UnpackLayer(string path, string content)
    {
        using var compressed = System.IO.File.OpenRead(path);
        using var tar = new MemoryStream();
        using (var unpacking = new GZipStream(compressed, CompressionMode.Decompress))
        {
            unpacking.CopyTo(tar);
        }

        Assert.That($"sha256:{Convert.ToHexStringLower(SHA256.HashData(tar.GetBuffer().AsSpan(0, (int)tar.Length)))}", Is.EqualTo(content));
        tar.Position = 0;
        TarFile.ExtractToDirectory(tar, Root, overwriteFiles: true);
    }

    // As every reader of such archives does: what it is called must be what it is.
    private string Blob(JsonElement descriptor)
    {
        var digest = descriptor.GetProperty("digest").GetString()!;
        var name = $"blobs/{digest.Replace(':', '/')}";
        var bytes = System.IO.File.ReadAllBytes(Path.Combine(_archive, name));
        Assert.That($"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}", Is.EqualTo(digest));
        Assert.That(descriptor.GetProperty("size").GetInt64(), Is.EqualTo(bytes.Length));
        return name;
    }

    private static void Run(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Binary.RepositoryRoot, script), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["SOURCE_DATE_EPOCH"] = "1700000000" },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors.GetAwaiter().GetResult());
    }
}
