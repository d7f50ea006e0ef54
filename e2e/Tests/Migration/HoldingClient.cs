namespace KubeProxyNext.EndToEnd.Migration;

/// <summary>
/// A client that holds a connection to each of some addresses, uses them without a pause, and makes a new one to each all the while. Whatever
/// the cluster does meanwhile, each question gets its answer; one datagram alone may have to be sent again.
/// </summary>
internal sealed class HoldingClient : IAsyncDisposable
{
    private const string Program = """
        import collections, threading
        seen, held, stopping = collections.Counter(), [CONNECT(*one) for one in ADDRESSES], threading.Event()
        def answer_to(s):
            if s.type != socket.SOCK_DGRAM:
                return echo(s)
            try:
                s.settimeout(1)
                return echo(s)
            except TimeoutError:
                seen['sent again'] += 1
                s.settimeout(5)
                return echo(s)
        expected = [answer_to(s) for s in held]
        def note(kind, ask, i):
            answer = attempt(ask)
            seen[kind if answer == expected[i] else '%s %s:%s %s' % (kind, *ADDRESSES[i], answer)] += 1
        def anew(i):
            with CONNECT(*ADDRESSES[i]) as s:
                return answer_to(s)
        def keep_asking():
            while not stopping.is_set():
                for i in range(len(ADDRESSES)):
                    note('held', lambda: answer_to(held[i]), i)
                    if ANEW:
                        note('new', lambda: anew(i), i)
        running = threading.Thread(target=keep_asking, daemon=True)
        running.start()
        def rounds(count):
            target = seen['held'] + count
            deadline = time.monotonic() + 10
            while seen['held'] < target and time.monotonic() < deadline:
                stopping.wait(0.01)
            seen['too few'] += seen['held'] < target
            return {what: how for what, how in seen.items() if how and what not in ('held', 'new') and (what, how) != ('sent again', 1)}
        """;

    private readonly PythonSession _session;

    private HoldingClient(Place place, PythonSession session) => (Place, _session) = (place, session);

    public Place Place { get; }

    /// <summary>Connects, and begins.</summary>
    /// <param name="connect">By which function of <c>probe.py</c>.</param>
    /// <param name="anew">Whether it makes new connections all the while.</param>
    public static async Task<HoldingClient> StartAsync(Place place, string addresses, string connect = "tcp", bool anew = true)
    {
        var session = place.OpenPython();
        var given = $"ADDRESSES, CONNECT, ANEW = {addresses}, {connect}, {(anew ? "True" : "False")}";
        Assert.That(await session.AskAsync($"{given}\n{Program}"), Is.Empty, "its connections");
        return new(place, session);
    }

    /// <summary>Goes on for some rounds.</summary>
    /// <returns>What was not as it should be, since the start, as Python writes it: <c>{}</c> for nothing.</returns>
    public Task<string> TroublesAsync() => _session.AskAsync("rounds(100)");

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
