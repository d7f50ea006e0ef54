namespace KubeProxyNext.Dataplane;

/// <summary>A map has no room for what a Service needs: names the map, its capacity and the option that raises it.</summary>
public sealed class MapFullException(string map, int capacity, string option)
    : Exception($"map {map} is full ({capacity} entries); raise {option}")
{
    public string Map { get; } = map;

    public string Option { get; } = option;
}
