using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane;

namespace KubeProxyNext.Unit.Dataplane.Succession;

/// <summary>Programs that work on maps which others have pinned.</summary>
internal static class LoadedBeside
{
    /// <param name="opened">With its capacities.</param>
    /// <param name="folder">Where the maps are pinned.</param>
    internal static BpfObject Load(BpfObject opened, string folder)
    {
        foreach (var map in opened.Maps.Where(PinFolder.IsPinned))
        {
            map.PinAt(Path.Combine(folder, map.Name));
        }

        opened.Load();
        return opened;
    }
}
