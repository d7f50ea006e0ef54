namespace KubeProxyNext.ApiServer.Misbehaving;

/// <summary>Something that servers and networks do to a client, on command.</summary>
public abstract record Misbehaviour
{
    private Misbehaviour()
    {
    }

    /// <summary>An error in place of the answer.</summary>
    /// <param name="Code">Such as 429, 500 or 503.</param>
    /// <param name="RetryAfterSeconds">The header Retry-After; null for none.</param>
    public sealed record Fail(int Code, int? RetryAfterSeconds = null) : Misbehaviour;

    /// <summary>The path is unknown, as for a kind that an older server does not have.</summary>
    public sealed record NotServed : Misbehaviour;

    /// <summary>The request is taken and never answered.</summary>
    public sealed record NeverAnswer : Misbehaviour;

    /// <summary>So many bytes of the body arrive, then the connection ends.</summary>
    public sealed record CutAfter(long Bytes) : Misbehaviour;

    /// <summary>So many bytes of the body arrive, then nothing more does; the connection stays.</summary>
    public sealed record StallAfter(long Bytes) : Misbehaviour;

    /// <summary>The body arrives in pieces of so many bytes, each flushed, with a pause after each (zero: as fast as it goes).</summary>
    public sealed record SlowBytes(int BytesPerFlush, TimeSpan Pause) : Misbehaviour;

    /// <summary>Every event of a watch comes twice.</summary>
    public sealed record DuplicateEvents : Misbehaviour;

    /// <summary>After each MODIFIED event its older state comes once more, under its older version.</summary>
    public sealed record StaleEvents : Misbehaviour;

    /// <summary>The server does not know streaming lists and forbids the parameter (422).</summary>
    public sealed record RefuseStreamingLists : Misbehaviour;

    /// <summary>The server does not know streaming lists and passes over the parameter: no bookmark ends the initial events.</summary>
    public sealed record IgnoreStreamingLists : Misbehaviour;

    /// <summary>The server cannot select by <c>spec.clusterIP</c> (400).</summary>
    public sealed record RefuseClusterIpSelector : Misbehaviour;

    /// <summary>The server has no protobuf: it answers in JSON where the client takes it, else with 406.</summary>
    public sealed record JsonOnly : Misbehaviour;

    /// <summary>The server has no protobuf and refuses each request that names it, JSON beside it or not (406).</summary>
    public sealed record RefuseProtobuf : Misbehaviour;

    /// <summary>Every continue token is too old (410, with a token to go on with all the same).</summary>
    public sealed record ExpireContinue : Misbehaviour;
}
