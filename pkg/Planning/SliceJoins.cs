using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Which ports of which slices belong to which port of a Service: those of its family, name and protocol (behaviour 3.1).</summary>
internal sealed class SliceJoins
{
    // With fewer ports it is quicker to look through all.
    private const int Few = 16;

    private readonly ValueArray<EndpointSlice> _slices;
    private readonly Dictionary<(IpFamily, string, Protocol), List<(int Slice, ushort Port)>>? _index;

    /// <param name="ports">How many are to be looked for.</param>
    public SliceJoins(ValueArray<EndpointSlice> slices, int ports)
    {
        _slices = slices;
        if (ports > Few)
        {
            _index = [];
            for (var s = 0; s < slices.Count; s++)
            {
                Index(s);
            }
        }
    }

    public ValueArray<EndpointSlice> Slices => _slices;

    /// <summary>Places of slices in their list, each with the number of its port.</summary>
    public List<(int Slice, ushort Port)> Of(IpFamily family, in ServicePort port)
    {
        if (_index is not null)
        {
            return _index.GetValueOrDefault((family, port.Name, port.Protocol), []);
        }

        var joined = new List<(int, ushort)>();
        for (var s = 0; s < _slices.Count; s++)
        {
            foreach (var slicePort in _slices[s].Family == family ? _slices[s].Ports : default)
            {
                if (slicePort.Protocol == port.Protocol && slicePort.Name == port.Name)
                {
                    joined.Add((s, slicePort.Port));
                }
            }
        }

        return joined;
    }

    private void Index(int place)
    {
        var slice = _slices[place];
        foreach (var port in slice.Ports)
        {
            var key = (slice.Family, port.Name, port.Protocol);
            if (!_index!.TryGetValue(key, out var joined))
            {
                _index.Add(key, joined = []);
            }

            joined.Add((place, port.Port));
        }
    }
}
