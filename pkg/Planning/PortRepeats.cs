using KubeProxyNext.Model;

namespace KubeProxyNext.Planning;

/// <summary>Which ports of a Service claim what an earlier one has. The API server lets none of them pass; the first has it.</summary>
internal sealed class PortRepeats
{
    private readonly bool[] _ports;
    private readonly bool[] _nodePorts;

    private PortRepeats(Service service)
    {
        _ports = new bool[service.Ports.Count];
        _nodePorts = new bool[service.Ports.Count];
        var numbers = new HashSet<(Protocol, ushort)>();
        var names = new HashSet<(Protocol, string)>();
        var nodePorts = new HashSet<(Protocol, ushort)>();
        for (var p = 0; p < _ports.Length; p++)
        {
            var port = service.Ports[p];
            _ports[p] = !numbers.Add((port.Protocol, port.Port)) | !names.Add((port.Protocol, port.Name));
            _nodePorts[p] = port.NodePort != 0 && !_ports[p] && !nodePorts.Add((port.Protocol, port.NodePort));
        }
    }

    /// <summary>Null where there is one port, as most Services have.</summary>
    public static PortRepeats? Of(Service service) => service.Ports.Count > 1 ? new(service) : null;

    /// <summary>Whether an earlier port has the same protocol and the same number or name.</summary>
    public bool IsPort(int place) => _ports[place];

    /// <summary>Whether an earlier port, itself not listed twice, has the same NodePort for the same protocol.</summary>
    public bool IsNodePort(int place) => _nodePorts[place];
}
