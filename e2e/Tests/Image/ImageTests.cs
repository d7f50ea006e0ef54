using System.Text.RegularExpressions;

namespace KubeProxyNext.EndToEnd.Image;

/// <summary>What is in the container image, and how it is packed.</summary>
internal sealed partial class ImageTests
{
    private const long Largest = 60_000_000;

    private UnpackedImage _image = null!;

    [OneTimeSetUp]
    public void Make() => _image = UnpackedImage.Make();

    [OneTimeTearDown]
    public void Remove() => _image?.Dispose();

    [Test]
    public void Archive_IsSmall() => Assert.That(new FileInfo(_image.File).Length, Is.LessThanOrEqualTo(Largest));

    [Test]
    public void SameProgram_MakesTheSameArchive()
    {
        UnpackedImage.Pack($"{_image.File}.again");

        Assert.That(File.ReadAllBytes($"{_image.File}.again"), Is.EqualTo(File.ReadAllBytes(_image.File)).AsCollection);
    }

    [Test]
    public void Name_IsWhatManifestsAskFor_WhoeverReadsIt()
    {
        var manifest = _image.Index.GetProperty("manifests")[0];
        var docker = _image.Read("manifest.json")[0];

        Assert.That(manifest.GetProperty("annotations").GetProperty("io.containerd.image.name").GetString(),
            Is.EqualTo($"docker.io/library/kube-proxy-next:{UnpackedImage.Version}"), "ctr, kind and k3d read this");
        Assert.That(docker.GetProperty("RepoTags")[0].GetString(), Is.EqualTo($"kube-proxy-next:{UnpackedImage.Version}"), "docker before 25 reads this");
        var layers = _image.Read($"blobs/{manifest.GetProperty("digest").GetString()!.Replace(':', '/')}").GetProperty("layers");
        Assert.That(
            docker.GetProperty("Layers").EnumerateArray().Select(layer => layer.GetString()),
            Is.EqualTo(layers.EnumerateArray().Select(layer => $"blobs/{layer.GetProperty("digest").GetString()!.Replace(':', '/')}")));
    }

    [Test]
    public void Nothing_CanBeRun_ButTheProgram() => Assert.That(
        _image.Files().Where(file => (File.GetUnixFileMode(_image.Root + file) & UnixFileMode.UserExecute) != 0),
        Is.EqualTo((string[])["/lib64/ld-linux-x86-64.so.2", "/usr/bin/kube-proxy-next", "/usr/local/bin/kube-proxy"]));

    [Test]
    public void KubeProxyOfKubeadm_IsTheProgram() => Assert.That(
        File.ResolveLinkTarget($"{_image.Root}/usr/local/bin/kube-proxy", returnFinalTarget: true)!.FullName, Is.EqualTo($"{_image.Root}/usr/bin/kube-proxy-next"));

    [Test]
    public void EveryLibrary_HasItsLicence_AndSoHasTheProgram()
    {
        var licences = _image.Files().Where(file => file.StartsWith("/usr/share/licenses/", StringComparison.Ordinal)).ToList();

        Assert.That(licences, Has.Member("/usr/share/licenses/kube-proxy-next/LICENSE").And.Member("/usr/share/licenses/kube-proxy-next/GPL-2.0-only.txt"));
        Assert.That(licences, Has.Some.Contains("libbpf").And.Some.Contains("libssl").And.Some.Contains("libc6").And.Some.Contains("zlib1g"));
    }

    [Test]
    public void Dockerfile_SaysTheSame()
    {
        var lines = File.ReadAllText(Path.Combine(Binary.RepositoryRoot, "Dockerfile")).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');
        var config = _image.Config.GetProperty("config");
        var last = lines[Array.IndexOf(lines, "FROM scratch")..];

        Assert.That(last.Where(line => line.StartsWith("COPY", StringComparison.Ordinal)),
            Is.EqualTo((string[])["COPY --from=build /image/base /", "COPY --from=build /image/program /"]), "what image/rootfs laid out, and no more");
        Assert.That(lines, Has.Some.Contains("image/rootfs out/publish/kube-proxy-next /image"));
        Assert.That(Pairs(last, "ENV"), Is.EquivalentTo(_image.Environment));
        Assert.That(Pairs(last, "LABEL").ToDictionary(pair => pair.Key, pair => pair.Value.Replace("$VERSION", UnpackedImage.Version, StringComparison.Ordinal)),
            Is.EquivalentTo(config.GetProperty("Labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!)));
        Assert.That(last, Has.Member($"ENTRYPOINT {config.GetProperty("Entrypoint").GetRawText()}"));
        Assert.That(last, Has.Member($"ARG VERSION={ProjectVersion()}"));
    }

    private static Dictionary<string, string> Pairs(IEnumerable<string> lines, string instruction) => lines
        .Where(line => line.StartsWith(instruction, StringComparison.Ordinal))
        .SelectMany(line => Pair().Matches(line[instruction.Length..]))
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim('"'));

    private static string ProjectVersion() => VersionLine().Match(
        File.ReadAllText(Path.Combine(Binary.RepositoryRoot, "cmd/kube-proxy-next/kube-proxy-next.csproj"))).Groups[1].Value;

    [GeneratedRegex("""([\w.]+)=("[^"]*"|\S+)""")]
    private static partial Regex Pair();

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex VersionLine();
}
