using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// Puts programs to work at a cgroup in the place of those that an earlier process attached: all of them, or, where the kernel refuses one,
/// none, as far as the process may open former programs (CAP_SYS_ADMIN). What is attached outlives the process, and is found again by its pin.
/// </summary>
/// <param name="folder">Where pins are: a folder in a bpffs.</param>
internal sealed class ProgramSwap(string folder, CgroupHandle cgroup) : IDisposable
{
    private const string NextSuffix = "_next";

    private readonly Stack<Action> _undo = new();
    private readonly List<ProgramHandle> _replaced = [];
    private bool _isDone;

    /// <summary>Has the program's link run it: the pinned one where it hangs at this cgroup, else a new one in its place.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void Replace(BpfProgram program)
    {
        var path = Path.Combine(folder, program.Name);
        using var pinned = BpfLink.TryOpen(path);
        if (pinned is not null && pinned.CgroupId == cgroup.Id)
        {
            var former = ProgramHandle.TryOpen(pinned.ProgramId);
            pinned.Update(program);
            if (former is not null)
            {
                _replaced.Add(former);
                _undo.Push(() => UpdateAt(path, former));
            }

            return;
        }

        AttachBeside(program);
        if (pinned is null)
        {
            _undo.Push(() => File.Delete(path));
        }

        Settle(folder, program);
    }

    /// <summary>Has the program run beside the one that it is to replace, until <see cref="Settle"/>.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void AttachBeside(BpfProgram program)
    {
        var next = NextOf(program);
        File.Delete(next);
        using var link = program.AttachTo(cgroup);
        link.Pin(next);
        _undo.Push(() => File.Delete(next));
    }

    /// <summary>Ends that: the one that was there before goes.</summary>
    internal static void Settle(string folder, BpfProgram program)
    {
        // Renamed into place, so that at no instant neither of the two is pinned; a process that is killed leaves both at worst.
        var path = Path.Combine(folder, program.Name);
        File.Move(path + NextSuffix, path, overwrite: true);
    }

    /// <summary>All is in its place: nothing is undone any more.</summary>
    internal void Keep() => _isDone = true;

    /// <summary>Has the former programs at work again, unless all were replaced.</summary>
    public void Dispose()
    {
        while (!_isDone && _undo.TryPop(out var undo))
        {
            undo();
        }

        _replaced.ForEach(program => program.Dispose());
    }

    /// <summary>The pin of a program that runs beside another.</summary>
    internal static string NameBeside(BpfProgram program) => program.Name + NextSuffix;

    private string NextOf(BpfProgram program) => Path.Combine(folder, NameBeside(program));

    private static void UpdateAt(string path, ProgramHandle former)
    {
        using var link = BpfLink.TryOpen(path);
        link?.Update(former);
    }
}
