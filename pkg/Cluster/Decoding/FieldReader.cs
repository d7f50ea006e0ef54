using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Model;

namespace KubeProxyNext.Cluster.Decoding;

/// <summary>Reports what is wrong with the fields of one object. Paths are made up only then, which is rare.</summary>
internal readonly struct FieldReader(string resource, ObjectName name, IProblemSink problems)
{
    public ObjectName Name => name;

    /// <summary>Says that the field is left out; returns false, for callers that go on without it.</summary>
    public bool Refuse(string field, ProblemReason reason, string detail)
    {
        problems.Report(new(resource, name, field, reason, detail));
        return false;
    }

    /// <summary>Whether a text is no longer than it may be; says so if it is.</summary>
    public bool IsShort(string text, int longest, string field) => text.Length <= longest || Refuse(field, ProblemReason.TooLong, $"{text.Length}");

    /// <summary>How many entries of a list are looked at; says so if these are not all.</summary>
    public int Bound(int count, int most, string field)
    {
        if (count > most)
        {
            Refuse(field, ProblemReason.TooMany, $"{count}");
        }

        return Math.Min(count, most);
    }

    public static bool IsPort(int number) => number is > 0 and <= ushort.MaxValue;

    /// <summary>Empty is TCP (behaviour 2).</summary>
    public static bool TryProtocol(string text, out Protocol protocol)
    {
        protocol = text switch
        {
            "" or "TCP" => Protocol.Tcp,
            "UDP" => Protocol.Udp,
            "SCTP" => Protocol.Sctp,
            _ => default,
        };
        return protocol != default;
    }

    /// <summary>Empty is Cluster, and so is what the API does not know.</summary>
    public TrafficPolicy Policy(string text, string field)
    {
        if (text is not ("" or "Cluster" or "Local"))
        {
            Refuse(field, ProblemReason.BadValue, text);
        }

        return text == "Local" ? TrafficPolicy.Local : TrafficPolicy.Cluster;
    }

    /// <summary>Addresses that cannot lead to a Service, wherever they come from (behaviour 1.5).</summary>
    public static bool IsSpecial(IpAddress ip) => ip.IsUnspecified || ip.IsLoopback || ip.IsMulticast;
}
