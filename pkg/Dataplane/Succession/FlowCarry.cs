using KubeProxyNext.Bpf;
using KubeProxyNext.Dataplane.Flows;

namespace KubeProxyNext.Dataplane.Succession;

/// <summary>
/// Carries over the flows where the table of the new packet programs is another. While the programs at devices are replaced one by one,
/// no connection begins, since its two directions would be in different tables, and none is refused: whoever asks then asks again. What
/// goes on is in both.
/// </summary>
/// <param name="former">The maps that ours take the place of.</param>
/// <param name="loaded">The loaded packet programs with the new maps.</param>
/// <param name="openCarry">Opens and loads the program that writes into the new table (bpf/carryflows.bpf.c).</param>
internal sealed class FlowCarry(FormerMaps former, BpfObject loaded, Func<BpfObject> openCarry, GracePeriod gracePeriod)
{
    // Copying what has changed takes milliseconds, and so does replacing programs. What hangs longer holds nobody up.
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(2);

    private readonly PinnedMap? _flows = former.FindOther(loaded.Map("flows"));

    /// <summary>Has the new table know what the former does, and nothing begin until the answer is disposed of. Null where it is the same table.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal IDisposable? Run()
    {
        if (_flows is null)
        {
            return null;
        }

        var types = FormerMaps.TypesOf(_flows, loaded.Map("flows"), loaded.Btf);
        var pass = new FlowPass(_flows, types, loaded, openCarry());
        Hold? hold = null;
        try
        {
            pass.Carry();
            hold = new Hold(former.Find("packet_settings"));
            gracePeriod.Wait();
            pass.Carry();
            return new Replacing(hold, pass, gracePeriod);
        }
        catch (BpfException)
        {
            hold?.Dispose();
            pass.Dispose();
            throw;
        }
    }

    /// <summary>The time in which programs at devices are replaced.</summary>
    private sealed class Replacing(Hold hold, FlowPass pass, GracePeriod gracePeriod) : IDisposable
    {
        // What has ended meanwhile has done so in the former table alone.
        public void Dispose()
        {
            hold.Dispose();
            using (pass)
            {
                gracePeriod.Wait();
                pass.Merge();
            }
        }
    }

    /// <summary>Has programs that read these settings begin nothing.</summary>
    private sealed class Hold : IDisposable
    {
        private readonly PinnedMap? _settings;
        private readonly int? _offset;

        internal Hold(PinnedMap? settings)
        {
            _settings = settings;
            _offset = settings?.ValueLayout.Leaves.Where(leaf => leaf.Name == "held_until").Select(leaf => (int?)leaf.Offset).FirstOrDefault();
            Write(FlowClock.Now + 1 + (uint)Math.Ceiling(LongestHold / (Jiffies.Length * FlowTimeouts.JiffiesPerTick)));
        }

        public void Dispose() => Write(FlowClock.Now);

        // A build that cannot be held goes on as it is.
        private void Write(uint until)
        {
            if (_settings is { } map && _offset is { } offset)
            {
                var value = new byte[map.ValueSize];
                map.Read(0, value);
                BitConverter.TryWriteBytes(value.AsSpan(offset), until);
                map.Write(0, value);
            }
        }
    }
}
