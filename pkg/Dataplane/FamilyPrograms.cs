using KubeProxyNext.Bpf;

namespace KubeProxyNext.Dataplane;

/// <summary>What the socket programs are for, as their names tell.</summary>
internal static class FamilyPrograms
{
    /// <summary>Whether it keeps processes from binding NodePorts.</summary>
    internal static bool ProtectsBinds(BpfProgram program) => program.Name.StartsWith("post_bind", StringComparison.Ordinal);

    /// <summary>Whether it takes sockets out of the table.</summary>
    internal static bool EndsSockets(BpfProgram program) => program.Name.StartsWith("release", StringComparison.Ordinal);

    /// <summary>Whether it tells sockets whom they have dialled, by the table.</summary>
    internal static bool NamesFrontends(BpfProgram program) =>
        program.Name.StartsWith("recvmsg", StringComparison.Ordinal) || program.Name.StartsWith("getpeername", StringComparison.Ordinal);

    /// <summary>Whether it gives sockets a backend.</summary>
    internal static bool Begins(BpfProgram program) =>
        program.Name.StartsWith("connect", StringComparison.Ordinal) || program.Name.StartsWith("sendmsg", StringComparison.Ordinal);
}
