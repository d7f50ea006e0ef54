using System.Runtime.InteropServices;

namespace KubeProxyNext.Laboratory;

/// <summary>The signals that end programs cancel a token instead: what was made is removed first.</summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() => _signals = [Take(PosixSignal.SIGINT), Take(PosixSignal.SIGTERM), Take(PosixSignal.SIGHUP)];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        _source.Dispose();
    }

    private PosixSignalRegistration Take(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _source.Cancel();
    });
}
