namespace KubeProxyNext.Laboratory;

/// <summary>
/// The one way a laboratory goes: a shell script that waits in a process of its own for the end of its owner, so that a crash and a SIGKILL
/// leave nothing behind either.
/// </summary>
internal sealed class Reaper : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly LabProcess _process;

    private Reaper(LabProcess process) => _process = process;

    /// <summary>Lets a reaper wait for the end of this process. To be called before anything is made.</summary>
    public static Reaper Watch(LabId id, Host host) => new(LabProcess.Start("setsid", ["sh", .. Arguments(id, host), "watch"]));

    /// <summary>Takes a laboratory away now.</summary>
    public static Task RemoveAsync(LabId id, Host host, CancellationToken cancellation) =>
        Command.RunAsync("sh", Arguments(id, host), cancellation: cancellation);

    /// <summary>Makes the laboratory stay when its owner goes.</summary>
    public Task KeepAsync() => _process.WriteAsync("keep\n");

    /// <summary>Tells the reaper that its time has come, and waits until it is done.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.CloseInput();
        (await _process.ResultAsync(Patience)).MustSucceed();
        await _process.DisposeAsync();
    }

    private static string[] Arguments(LabId id, Host host) =>
        ["-c", Resource.Read("reaper.sh"), "reaper", id.ToString(), host.CgroupRoot, host.BpfRoot, Host.StateRoot];
}
