using System.Diagnostics;
using KubeProxyNext.Config;

namespace KubeProxyNext.Unit.Config;

/// <summary>Whatever changes what the configuration says is seen, and nothing else.</summary>
[CancelAfter(10_000)]
public sealed class WatchedFileTests
{
    private string _folder = null!;
    private string _path = null!;

    [SetUp]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("kpn-config-").FullName;
        _path = Path.Combine(_folder, "config.conf");
        File.WriteAllText(_path, "before");
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Folder_IsNoFile() => Assert.That(() => WatchedFile.Open(_folder), Throws.TypeOf<IOException>().With.Message.Contains("is a folder"));

    [Test]
    public async Task Write_IsSeen(CancellationToken patience)
    {
        using var file = WatchedFile.Open(_path);

        await File.WriteAllTextAsync(_path, "after", patience);

        await file.Changed.WaitAsync(patience);
        Assert.That(file.Text, Is.EqualTo("before"));
    }

    [Test]
    public async Task AnotherFileOfItsName_IsSeen(CancellationToken patience)
    {
        using var file = WatchedFile.Open(_path);
        await File.WriteAllTextAsync(_path + ".new", "after", patience);

        File.Move(_path + ".new", _path, overwrite: true);

        await file.Changed.WaitAsync(patience);
    }

    [Test]
    public async Task AnotherName_IsSeen(CancellationToken patience)
    {
        using var file = WatchedFile.Open(_path);

        File.Move(_path, _path + ".old");

        await file.Changed.WaitAsync(patience);
    }

    [Test]
    public async Task ConfigMap_IsSeenWhenItsFolderIsExchanged(CancellationToken patience)
    {
        Mount("first", "before");
        File.Delete(_path);
        File.CreateSymbolicLink(_path, "..data/config.conf");
        using var file = WatchedFile.Open(_path);

        Mount("second", "after");

        await file.Changed.WaitAsync(patience);
    }

    [Test]
    public async Task TargetOfALink_IsWatched(CancellationToken patience)
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;
        var link = Path.Combine(elsewhere, "link.conf");
        File.CreateSymbolicLink(link, _path);
        using var file = WatchedFile.Open(link);

        await File.WriteAllTextAsync(_path, "after", patience);

        await file.Changed.WaitAsync(patience);
    }

    [Test]
    public async Task WhatSaysTheSame_IsNoChange(CancellationToken patience)
    {
        using var file = WatchedFile.Open(_path);

        await File.WriteAllTextAsync(_path + ".new", "before", patience);
        File.Move(_path + ".new", _path, overwrite: true);
        Mount("first", "other");
        File.Delete(_path);

        // The kernel tells in order: when another watcher saw the last of it, this one was told, too.
        using var later = new FileSystemWatcher(_folder) { EnableRaisingEvents = true };
        var seen = new TaskCompletionSource();
        later.Created += (_, _) => seen.TrySetResult();
        await File.WriteAllTextAsync(Path.Combine(_folder, "last"), "", patience);
        await seen.Task.WaitAsync(patience);
        Assert.That(file.Changed.IsCompleted, Is.False);
    }

    [Test]
    public void FileThatIsNotThere_IsSaid() => Assert.That(
        () => WatchedFile.Open(_path + ".no"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("config.conf.no' is not there; see --config"));

    // As kubelet writes a ConfigMap: another folder, and one rename.
    private void Mount(string folder, string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder, $"..{folder}"));
        File.WriteAllText(Path.Combine(_folder, $"..{folder}", "config.conf"), text);
        var link = Path.Combine(_folder, "..data_tmp");
        File.CreateSymbolicLink(link, $"..{folder}");

        // .NET renames no links to folders.
        using var mv = Process.Start("mv", ["-T", link, Path.Combine(_folder, "..data")]);
        mv.WaitForExit();
    }
}
