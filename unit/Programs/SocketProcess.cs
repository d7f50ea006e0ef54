using System.Diagnostics;
using KubeProxyNext.Unit.Netlink;

namespace KubeProxyNext.Unit.Programs;

/// <summary>A Python process in a cgroup and a network namespace, which does with sockets what it is told.</summary>
internal sealed class SocketProcess : IDisposable
{
    private const string Script = """
        import errno, socket, sys, threading
        from socket import *

        def dial(name, family, kind, address, port):
            s = globals()[name] = socket(family, kind)
            s.settimeout(10)
            s.connect((address, port))

        def bind(family, kind, address, port, only6=False):
            s = socket(family, kind)
            if family == AF_INET6:
                s.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, only6)
            with s:
                s.bind((address, port))

        class Watch:
            def __init__(self, kind, addresses, port):
                self.wrong, self.seen, self.over = [], 0, False
                self.thread = threading.Thread(target=self.look, args=(kind, addresses, port))
                self.thread.start()

            def look(self, kind, addresses, port):
                with socket(AF_INET, kind) as s:
                    while not self.over:
                        for address in addresses:
                            s.connect((address, port))
                            if s.getpeername() != (address, port):
                                self.wrong.append((address, s.getpeername()))
                            self.seen += 1

            def end(self):
                self.over = True
                self.thread.join()

        for line in sys.stdin:
            try:
                exec(line)
                print('ok', flush=True)
            except TimeoutError:
                print('timeout', flush=True)
            except AssertionError as error:
                print('wrong:', error, flush=True)
            except OSError as error:
                print(errno.errorcode[error.errno], flush=True)
        """;

    private readonly Process _process;

    internal SocketProcess(string cgroup, TemporaryNetwork network) => _process = Process.Start(new ProcessStartInfo(
        "/bin/sh", ["-c", $"echo $$ >{cgroup}/cgroup.procs && exec nsenter --net=/proc/{network.ProcessId}/ns/net python3 -c \"$0\"", Script])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    internal int Id => _process.Id;

    /// <summary>What came of a line: <c>ok</c>, the name of an errno, <c>timeout</c>, or what an assertion says.</summary>
    internal string Do(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"Python ended at: {line}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
