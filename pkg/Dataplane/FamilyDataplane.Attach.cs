using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Devices;
using KubeProxyNext.Dataplane.Succession;

namespace KubeProxyNext.Dataplane;

/// <summary>How programs and maps take the place of former ones.</summary>
internal sealed partial class FamilyDataplane<TBucket, TAddress>
{
    private CarryOver? _carryOver;
    private IReadOnlyList<BpfProgram> _beside = [];
    private IReadOnlyList<BpfProgram> _attached = [];

    /// <inheritdoc/>
    public void Attach(CgroupHandle cgroup, bool bindProtection = true)
    {
        var attached = _programs.Programs.Where(program => !program.IsIterator && (bindProtection || !FamilyPrograms.ProtectsBinds(program))).ToList();

        // Whatever the kernel may refuse, it is to refuse before anything is replaced.
        if (_pins.Former is not null && DevicePin.In(_pins.Links, Family).Any())
        {
            _ = Packets?.Maps;
        }

        _pins.Complete();
        Replace(attached, cgroup);
        _attached = attached;
        _pins.RemoveOlder([.. attached.Select(program => program.Name), .. _beside.Select(ProgramSwap.NameBeside)], keepDevices: _devices is not null);

        // Not before: sockets are served while the kernel verifies what is for packets.
        Packets?.BeginLoading();
    }

    /// <inheritdoc/>
    public void RemoveFormer()
    {
        if (_carryOver is { } carryOver)
        {
            _gracePeriod.Wait();
            carryOver.End(_maps.Backends);
            foreach (var program in _beside)
            {
                ProgramSwap.Settle(_pins.Links, program);
            }

            _gracePeriod.Wait();
            carryOver.EndSockets(_maps.Backends);
            (_beside, _carryOver, _maps.FormerLive) = ([], null, null);
            carryOver.Dispose();
        }

        _pins.RemoveFormer();
    }

    // What ends a thing before what begins it: a socket that connects in between would stay in the table for good. What is carried over is
    // so when both tables hear of ends, and once more when no former program gives sockets a backend. Who asks meanwhile whom it has dialled
    // is answered by whichever table knows.
    private void Replace(IReadOnlyCollection<BpfProgram> programs, CgroupHandle cgroup)
    {
        using var swap = new ProgramSwap(_pins.Links, cgroup);
        var beside = programs.Where(program => _carryOver is { HasOwnSockets: true }
            && (FamilyPrograms.EndsSockets(program) || FamilyPrograms.NamesFrontends(program)) && File.Exists(Path.Combine(_pins.Links, program.Name))).ToList();
        beside.ForEach(swap.AttachBeside);
        _carryOver?.Carry();
        foreach (var program in programs.Except(beside).OrderBy(FamilyPrograms.Begins))
        {
            swap.Replace(program);
        }

        swap.Keep();
        _carryOver?.Carry();

        // By now the new table knows best: who has connected again since is under a former name in the other.
        foreach (var program in beside.Where(FamilyPrograms.NamesFrontends))
        {
            ProgramSwap.Settle(_pins.Links, program);
        }

        _beside = [.. _beside.Union(beside.Where(FamilyPrograms.EndsSockets))];
    }

    private void TakeFormer(Func<BpfObject> loadCarry)
    {
        if (_pins.Former is not { } former)
        {
            return;
        }

        if (_pins.AreServicesNew)
        {
            ServiceMaps.Fill(former, _programs, _maps);
        }

        _carryOver = new(former, _programs, new(loadCarry()));
        _maps.FormerLive = _carryOver.LiveOf;
    }

    private IDisposable? CarryFlows(Func<BpfObject> loadCarry) =>
        _carryOver is not null && _pins.Former is { } former ? new FlowCarry(former, Packets!.Maps, loadCarry, _gracePeriod).Run() : null;
}
