using System.Globalization;

namespace KubeProxyNext.Migration.Checks;

/// <summary>A process.</summary>
internal readonly record struct ProcessName(string Name, string Id)
{
    public override string ToString() => $"{Name} (process {Id})";
}

/// <summary>Who listens at TCP ports of the calling thread's network namespace, as far as this process sees others.</summary>
internal static class Listeners
{
    private const string Listening = "0A";

    // Words of a line in /proc/net/tcp: address and port in hexadecimal digits, state, inode of the socket.
    private const int LocalAddress = 1;
    private const int State = 3;
    private const int Inode = 9;

    /// <summary>A process that does; null where none can be seen.</summary>
    internal static ProcessName? Find(int port)
    {
        var sockets = SocketsAt(port);
        return sockets.Count == 0
            ? null
            : Directory.GetDirectories("/proc").Where(path => Path.GetFileName(path).All(char.IsAsciiDigit) && HasAny(path, sockets))
                .Select(path => (ProcessName?)new ProcessName(File.ReadAllText($"{path}/comm").Trim(), Path.GetFileName(path))).FirstOrDefault();
    }

    // As links of descriptors name them.
    private static HashSet<string> SocketsAt(int port) =>
    [
        .. from file in (string[])["tcp", "tcp6"]
           where File.Exists($"/proc/thread-self/net/{file}")
           from line in File.ReadLines($"/proc/thread-self/net/{file}").Skip(1)
           let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where words[State] == Listening && int.Parse(words[LocalAddress].AsSpan(words[LocalAddress].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port
           select $"socket:[{words[Inode]}]",
    ];

    private static bool HasAny(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"{process}/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
