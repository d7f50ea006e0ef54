using System.Globalization;
using KubeProxyNext.Model;

namespace KubeProxyNext.Bench.Load;

/// <summary>Where a client's connections go: to one address, or at random to so many that begin there.</summary>
internal readonly record struct Dial(string Protocol, IpAddress Address, int Port, int Spread = 1)
{
    public static Dial Tcp(IpAddress address, int port, int spread = 1) => new("tcp", address, port, spread);

    public static Dial Udp(IpAddress address, int port) => new("udp", address, port);

    /// <summary>As <c>load.c</c> reads it.</summary>
    public string ToCommand(int count) => string.Create(CultureInfo.InvariantCulture, $"{Protocol} {Address} {Port} {count} {Spread}\n");
}
