using System.Globalization;
using KubeProxyNext.Config;
using KubeProxyNext.Dataplane;

namespace KubeProxyNext.Unit.Config;

/// <summary>docs/configuration.md has what the settings say of themselves. With <c>WRITE_DOCS=1</c> the test writes it.</summary>
public sealed class ConfigurationDocumentTests
{
    private const string Marker = "<!-- From here on as the settings say it: WRITE_DOCS=1 dotnet test unit --filter ConfigurationDocument -->\n";

    [Test]
    public void Document_IsWhatTheSettingsSay()
    {
        var path = Path.Combine(Folder(), "docs", "configuration.md");
        var document = File.ReadAllText(path);
        var expected = document[..(document.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)] + ConfigurationDocument.Tables();
        if (Environment.GetEnvironmentVariable("WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo(expected), "WRITE_DOCS=1 writes it anew");
    }

    [Test]
    public void Capacities_MapsBeginWithTheDataplanesOwn()
    {
        var capacities = new MapCapacities();

        Assert.That(
            new[] { Settings.MaxFrontends, Settings.MaxSlots, Settings.MaxSockets, Settings.MaxSourceRanges, Settings.MaxAffinities }
                .Zip([capacities.Frontends, capacities.Slots, capacities.Sockets, capacities.SourceRanges, capacities.Affinities])
                .Where(pair => !pair.First.Description.Contains(pair.Second.ToString("N0", CultureInfo.InvariantCulture))),
            Is.Empty, "what maps begin with is told");
    }

    [Test]
    public void Settings_HaveNamesOfTheirOwn()
    {
        Assert.That(Settings.All.Select(setting => setting.Flag).OfType<string>(), Is.Unique);
        Assert.That(Settings.All.Select(setting => setting.Field).OfType<string>(), Is.Unique);
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "KubeProxyNext.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
