namespace KubeProxyNext.Unit.Migration;

/// <summary>A folder with a tool that does as a test wants it.</summary>
internal sealed class BrokenTool : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kpn-tool-");

    internal BrokenTool(string name, string script)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    internal string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
