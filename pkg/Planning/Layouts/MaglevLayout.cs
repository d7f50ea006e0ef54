using KubeProxyNext.Model;

namespace KubeProxyNext.Planning.Layouts;

/// <summary>
/// Fills a table that a client's hash is looked up in, so that clients keep their backends when others come and go, and so that
/// every node gives a client the same backend.
/// </summary>
internal static class MaglevLayout
{
    /// <summary>
    /// Which backend stands in which slot. It depends on addresses, ports and weights, not on the order of the backends. Empty
    /// where there is nothing to choose, and where there are more backends than slots: then each stands once.
    /// </summary>
    /// <param name="size">How many slots the table has.</param>
    public static ValueArray<ushort> Of(ReadOnlySpan<Backend> backends, int size) =>
        backends.Length < 2 || backends.Length >= Math.Min(size, ushort.MaxValue) ? default : new MaglevTable(backends, size).Fill();
}
