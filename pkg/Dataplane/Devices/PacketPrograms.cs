using KubeProxyNext.Bpf;
using KubeProxyNext.Model;

namespace KubeProxyNext.Dataplane.Devices;

/// <summary>
/// The packet programs of one family and their maps. Each pair of programs is loaded when the first device needs it, since the kernel
/// verifies them for some 70 ms.
/// </summary>
/// <param name="open">Opens the object with its capacities and settings.</param>
/// <param name="pinMaps">Has the object's maps pinned, or found, when it is loaded.</param>
internal sealed class PacketPrograms(IpFamily family, Func<BpfObject> open, Action<BpfObject> pinMaps) : IDisposable
{
    private readonly Lock _lock = new();
    private BpfObject? _ethernet;
    private BpfObject? _bare;
    private Task? _loading;

    /// <summary>The object whose maps the programs work on; it is loaded where it is not yet.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal BpfObject Maps => Load(ref _ethernet, ethernet: true);

    /// <summary>The same; null where it is not loaded yet.</summary>
    internal BpfObject? LoadedMaps
    {
        get
        {
            lock (_lock)
            {
                return _ethernet;
            }
        }
    }

    /// <summary>The programs that are loaded so far.</summary>
    internal IReadOnlyList<BpfProgram> Loaded
    {
        get
        {
            lock (_lock)
            {
                return [.. new[] { _ethernet, _bare }.OfType<BpfObject>().SelectMany(loaded => loaded.Programs.Where(program => program.Fd >= 0))];
            }
        }
    }

    /// <summary>Loads what nearly every node needs, beside the caller.</summary>
    internal void BeginLoading() => _loading = Task.Run(TryLoad);

    /// <exception cref="BpfException">The kernel refused to load it.</exception>
    internal BpfProgram Find(DeviceHook hook, bool ethernet)
    {
        var loaded = ethernet ? Maps : Load(ref _bare, ethernet: false);
        var name = $"{(hook == DeviceHook.Ingress ? "ingress" : "egress")}{(ethernet ? "" : "_l3_")}{(int)family}";
        return loaded.Programs.Single(program => program.Name == name);
    }

    public void Dispose()
    {
        _loading?.Wait();
        _ethernet?.Dispose();
        _bare?.Dispose();
    }

    // Whoever needs it tries again, and hears why it fails.
    private void TryLoad()
    {
        try
        {
            _ = Maps;
        }
        catch (BpfException)
        {
        }
    }

    private BpfObject Load(ref BpfObject? loaded, bool ethernet)
    {
        lock (_lock)
        {
            if (loaded is not null)
            {
                return loaded;
            }

            var opened = open();
            try
            {
                pinMaps(opened);
                TcObject.Load(opened, ethernet, family == IpFamily.IPv6 && KernelProbe.KnowsChecksumFlag());
            }
            catch (BpfException)
            {
                opened.Dispose();
                throw;
            }

            return loaded = opened;
        }
    }
}
