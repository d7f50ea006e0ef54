using System.Diagnostics;
using System.Net;

namespace KubeProxyNext.Unit.Dataplane;

/// <summary>A process in a cgroup of its own with one unconnected UDP socket.</summary>
internal sealed class CgroupSender : IDisposable
{
    private const string Script = """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for line in sys.stdin:
            address, port = line.split()
            s.sendto(b'hello', (address, int(port)))
            print('sent', flush=True)
        """;

    private readonly Process _process;

    internal CgroupSender(string cgroup) => _process = Process.Start(new ProcessStartInfo(
        "/bin/sh", ["-c", $"echo $$ >{cgroup}/cgroup.procs && exec python3 -c \"$0\"", Script])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    internal void SendTo(IPEndPoint destination)
    {
        _process.StandardInput.WriteLine($"{destination.Address} {destination.Port}");
        _process.StandardInput.Flush();
        Assert.That(_process.StandardOutput.ReadLine(), Is.EqualTo("sent"));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
