using KubeProxyNext.Soak;

namespace KubeProxyNext.EndToEnd.Soak;

/// <summary>What cannot be asked of a soak is said before anything begins.</summary>
internal sealed class SoakOptionsTests
{
    [TestCase("KILLS=200 UPGRADES=50", "at most one of them")]
    [TestCase("UPGRADES=1 RESIZES=1", "at most one of them")]
    [TestCase("UPGRADES=1 UPGRADE_TO=/nonexistent", "UPGRADE_TO=/nonexistent is no program")]
    [TestCase("UPGRADE_TO=/proc/self/status", "UPGRADE_TO=/proc/self/status is no program")]
    [TestCase("KILLS=many", "KILLS=many is no number")]
    public void WhatCannotBe_IsRefused(string environment, string fault) =>
        Assert.That(() => Read(environment), Throws.TypeOf<UsageException>().With.Message.Contains(fault));

    [TestCase("", null)]
    [TestCase("SECONDS=60", null)]
    [TestCase("KILLS=200 UPGRADES=0", 200)]
    [TestCase("UPGRADES=50 UPGRADE_TO=/bin/true", 50)]
    public void HowMany_IsTaken(string environment, int? faults) => Assert.That(Read(environment).FaultCount, Is.EqualTo(faults));

    private static SoakOptions Read(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]);
        return SoakOptions.From(variables.GetValueOrDefault);
    }
}
