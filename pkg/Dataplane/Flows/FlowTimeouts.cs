namespace KubeProxyNext.Dataplane.Flows;

/// <summary>
/// How long flows live without packets. Zero, and what is less than a second, is what nf_conntrack has where nobody sets it: kube-proxy's
/// options of these names leave it alone then. All other states have nf_conntrack's timeouts always.
/// </summary>
/// <param name="TcpEstablished"><c>--conntrack-tcp-timeout-established</c>.</param>
/// <param name="TcpCloseWait"><c>--conntrack-tcp-timeout-close-wait</c>: one side is done, and the other is not.</param>
/// <param name="Udp"><c>--conntrack-udp-timeout</c>: a question, with its answer or without.</param>
/// <param name="UdpStream"><c>--conntrack-udp-timeout-stream</c>.</param>
public sealed record FlowTimeouts(TimeSpan TcpEstablished, TimeSpan TcpCloseWait, TimeSpan Udp, TimeSpan UdpStream)
{
    /// <summary>What a tick is in jiffies: <c>FLOW_TICK_SHIFT</c> in bpf/lib/packet_types.h.</summary>
    internal const int JiffiesPerTick = 1 << 8;

    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(300);

    /// <summary>kube-proxy's: a day, an hour, and for UDP nf_conntrack's.</summary>
    public static FlowTimeouts Default { get; } = new(TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.Zero, TimeSpan.Zero);

    internal TimeSpan Of(FlowState state) => state switch
    {
        FlowState.SynSent => TimeSpan.FromSeconds(120),
        FlowState.SynRecv => TimeSpan.FromSeconds(60),
        FlowState.Established => Given(TcpEstablished) ?? TimeSpan.FromDays(5),
        FlowState.Unanswered => Given(TcpEstablished) is { } established && established < Unanswered ? established : Unanswered,
        FlowState.FinWait => TimeSpan.FromSeconds(120),
        FlowState.CloseWait => Given(TcpCloseWait) ?? TimeSpan.FromSeconds(60),
        FlowState.TimeWait => TimeSpan.FromSeconds(120),
        FlowState.Closed => TimeSpan.FromSeconds(10),
        FlowState.Udp => Given(Udp) ?? TimeSpan.FromSeconds(30),
        FlowState.UdpStream => Given(UdpStream) ?? TimeSpan.FromSeconds(120),
        FlowState.SctpOpening => TimeSpan.FromSeconds(3),
        FlowState.SctpEstablished => TimeSpan.FromSeconds(210),
        FlowState.SctpClosing => TimeSpan.FromSeconds(3),
        FlowState.SctpClosed => TimeSpan.FromSeconds(10),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>All of them for the programs: in ticks, rounded up, so that nothing ends too early.</summary>
    /// <param name="jiffy">See <see cref="Bpf.Jiffies"/>.</param>
    internal FlowTimeoutsValue ToTicks(TimeSpan jiffy)
    {
        var tick = jiffy * JiffiesPerTick;
        var ticks = default(FlowTimeoutsValue);
        foreach (var state in Enum.GetValues<FlowState>())
        {
            ticks[(int)state] = (uint)Math.Min(Math.Ceiling(Of(state) / tick), int.MaxValue);
        }

        return ticks;
    }

    // Behaviour 6.2: in whole seconds.
    private static TimeSpan? Given(TimeSpan timeout) => timeout >= TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(Math.Floor(timeout.TotalSeconds)) : null;
}
