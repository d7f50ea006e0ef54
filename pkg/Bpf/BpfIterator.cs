using System.Runtime.InteropServices;

namespace KubeProxyNext.Bpf;

/// <summary>An iterator program that is ready to be run. It is not pinned: closing this is its end.</summary>
public sealed unsafe class BpfIterator : SafeHandle
{
    private const int ChunkBytes = 4096;

    private readonly string _name;

    /// <exception cref="BpfException">The kernel refused.</exception>
    public BpfIterator(BpfProgram program)
        : base(0, ownsHandle: true)
    {
        _name = program.Name;
        var link = LibBpf.bpf_program__attach_iter(program.Handle, 0);
        SetHandle(link != 0 ? link : throw BpfException.FromLastError("attach iterator", _name));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>
    /// Runs the program once for each of its things, so for each socket of the network namespace that the calling thread is in.
    /// </summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Run()
    {
        var fd = LibBpf.bpf_iter_create(LibBpf.bpf_link__fd(handle));
        if (fd < 0)
        {
            throw BpfException.FromLastError("open iterator", _name);
        }

        try
        {
            ReadToEnd(fd);
        }
        finally
        {
            _ = LibC.close(fd);
        }
    }

    protected override bool ReleaseHandle()
    {
        _ = LibBpf.bpf_link__destroy(handle);
        return true;
    }

    // Reading is what runs it; what it prints, if anything, is not looked at.
    private void ReadToEnd(int fd)
    {
        var chunk = stackalloc byte[ChunkBytes];
        nint length;
        while ((length = LibC.read(fd, chunk, ChunkBytes)) != 0)
        {
            if (length < 0 && Marshal.GetLastPInvokeError() is var error && error != Errno.Interrupted && error != Errno.Again)
            {
                throw new BpfException("run iterator", _name, error);
            }
        }
    }
}
