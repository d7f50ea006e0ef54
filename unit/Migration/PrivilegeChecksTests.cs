using KubeProxyNext.Migration.Checks;

namespace KubeProxyNext.Unit.Migration;

public sealed class PrivilegeChecksTests
{
    private const string Unlimited = "Max locked memory         unlimited            unlimited            bytes";
    private const string Limited = "Max locked memory         8388608              8388608              bytes";

    [TestCase("000001ffffffffff", ExpectedResult = "Passed all that are needed")]
    [TestCase("0000000000201000", ExpectedResult = "Passed all that are needed", Description = "SYS_ADMIN, before BPF had one of its own")]
    [TestCase("000000c000001000", ExpectedResult = "Warning NET_ADMIN, BPF, PERFMON; no SYS_ADMIN")]
    [TestCase("0000008000001000", ExpectedResult = "Failed missing: PERFMON")]
    [TestCase("0000000000000000", ExpectedResult = "Failed missing: NET_ADMIN, BPF, PERFMON")]
    public string Capabilities_AreThoseInForce(string mask) => Run(mask, Unlimited, new(6, 1)).Single();

    [TestCase("5.10", "000001ffffffffff", Limited, ExpectedResult = "Passed not limited, or can be raised")]
    [TestCase("5.10", "000000c000001000", Unlimited, ExpectedResult = "Passed not limited, or can be raised")]
    [TestCase("5.10", "000000c000001000", Limited, ExpectedResult = "Failed it is limited, and counts all maps before kernel 5.11")]
    [TestCase("5.11", "000000c000001000", Limited, ExpectedResult = null)]
    public string? LockedMemory_MattersToOldKernels(string kernel, string mask, string limits) =>
        Run(mask, limits, Version.Parse(kernel)).ElementAtOrDefault(1);

    private static IEnumerable<string> Run(string mask, string limits, Version kernel) =>
        new PrivilegeChecks($"Name:\tx\nCapEff:\t{mask}\nCapBnd:\t0\n", limits, kernel).Run().Select(line => $"{line.Result} {line.Found}");
}
