namespace KubeProxyNext.ApiServer;

/// <summary>An event of a watch that is about to be handed to the socket.</summary>
/// <param name="Type">As on the wire: ADDED, MODIFIED, DELETED.</param>
/// <param name="Key"><c>namespace/name</c>, or the name alone.</param>
/// <param name="Timestamp">
/// Just before the write, in ticks of <c>Stopwatch</c>: on Linux nanoseconds of CLOCK_MONOTONIC, so that other processes may compare.
/// </param>
public readonly record struct WrittenEvent(ApiResource Resource, string Type, string Key, long Version, long Timestamp);
