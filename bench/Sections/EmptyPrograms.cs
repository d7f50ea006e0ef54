using KubeProxyNext.Bench.Load;
using KubeProxyNext.Bpf;

namespace KubeProxyNext.Bench.Sections;

/// <summary>Programs that do nothing, at the hooks of one cgroup.</summary>
internal sealed class EmptyPrograms : IDisposable
{
    private readonly BpfObject _programs;
    private readonly BpfLink[] _links;

    public EmptyPrograms(string cgroup)
    {
        using var handle = CgroupHandle.Open(cgroup);
        _programs = BpfObject.Open("empty", File.ReadAllBytes(Native.EmptyPrograms));
        _programs.Load();
        _links = [.. _programs.Programs.Select(program => program.AttachTo(handle))];
    }

    public ProgramRuns Connect => Runs("empty_connect");

    public ProgramRuns Release => Runs("empty_release");

    public void Dispose()
    {
        Array.ForEach(_links, link => link.Dispose());
        _programs.Dispose();
    }

    private ProgramRuns Runs(string name) => _programs.Programs.Single(program => program.Name == name).Runs;
}
