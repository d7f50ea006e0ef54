namespace KubeProxyNext.EndToEnd.Api;

/// <summary>What an API server does to its clients on a bad day.</summary>
public enum Trouble
{
    StreamsCut,
    Expired,
    Errors,
    Away,
    ConnectionsClosed,
    EventsTwiceAndLate,
}
