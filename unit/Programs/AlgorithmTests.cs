using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Programs;

/// <summary>How a client gets one of a set's slots.</summary>
public sealed class AlgorithmTests(IpFamily family) : RulesFixture(family)
{
    [Test]
    public void Random_EachSlotHasTheSameChance()
    {
        Apply(new() { Cluster = "L1 R1", Layout = [0, 0, 0, 1] });

        var first = Enumerable.Range(0, 4000).Count(_ => Dial(GivenService.ClusterIP, Client.Pod) == "L1");

        // Six standard deviations (27.4) to either side.
        Assert.That(first, Is.InRange(3000 - 165, 3000 + 165));
    }

    [Test]
    public void RoundRobin_OneSlotAfterTheOther_OverAllClients()
    {
        Apply(new() { Cluster = "L1 L2 R1", Algorithm = BalancingAlgorithm.RoundRobin });

        var given = Enumerable.Range(0, 30).Select(i => Dial(GivenService.ClusterIP, new((ulong)i + 10))).ToArray();

        for (var i = 3; i < given.Length; i++)
        {
            Assert.That(given[i], Is.EqualTo(given[i - 3]));
        }

        Assert.That(given.Take(3), Is.EquivalentTo(new[] { "L1", "L2", "R1" }));
    }

    [TestCase(1000u, 0u)]
    [TestCase(0u, 1000u)]
    [TestCase(500u, 500u)]
    public void LeastConnections_NeverGoesToTheBusiestOfTwo_SaveThatItIsDrawnTwice(uint sockets, uint flows)
    {
        Apply(new() { Cluster = "L1 R1", Algorithm = BalancingAlgorithm.LeastConnections });
        Assert.That(Reached(GivenService.ClusterIP, Client.Pod), Is.EqualTo("L1 R1"));

        Rules.SetConnections("L1", sockets, flows);
        Rules.SetConnections("R1", 500);
        var busiest = Enumerable.Range(0, 4000).Count(_ => Dial(GivenService.ClusterIP, Client.Pod) == "L1");

        // A quarter: drawn twice. Six standard deviations (27.4) to either side.
        Assert.That(busiest, Is.InRange(1000 - 165, 1000 + 165));
    }

    [TestCase(30u, 10u, "R1", Description = "as many for its weight")]
    [TestCase(40u, 10u, "R1")]
    [TestCase(20u, 10u, "L1")]
    public void LeastConnections_CountsAreRelativeToWeights(uint heavy, uint light, string less)
    {
        Apply(new() { Cluster = "L1*3 R1", Local = "L1*3", Algorithm = BalancingAlgorithm.LeastConnections });
        Assert.That(Reached(GivenService.ClusterIP, Client.Pod), Is.EqualTo("L1 R1"));

        Rules.SetConnections("L1", heavy);
        Rules.SetConnections("R1", light);
        var count = Enumerable.Range(0, 4000).Count(_ => Dial(GivenService.ClusterIP, Client.Pod) == less);

        // Three quarters where one has less, a half on a tie.
        var expected = heavy == light * 3 ? 2000 : 3000;
        Assert.That(count, Is.InRange(expected - 190, expected + 190));
    }

    [Test]
    public void Maglev_ClientDecides()
    {
        Apply(new() { Cluster = "L1 L2 R1 R2", Algorithm = BalancingAlgorithm.Maglev, Layout = [.. Enumerable.Range(0, 251).Select(slot => (ushort)(slot % 4))] });

        var clients = Enumerable.Range(10, 200).Select(i => i % 2 == 0 ? new Client((ulong)i) : Client.From($"10.244.{i}.50")).ToArray();
        var first = clients.Select(client => Dial(GivenService.ClusterIP, client)).ToArray();
        var second = clients.Select(client => Dial(GivenService.NodePort, client)).ToArray();

        Assert.That(second, Is.EqualTo(first), "by whichever frontend");
        Assert.That(first.GroupBy(name => name).Select(group => group.Count()), Has.Exactly(4).InRange(20, 80));
    }

    [Test]
    public void Maglev_SlotOfTheTable_DecidesTheShare()
    {
        Apply(new() { Cluster = "L1 R1", Algorithm = BalancingAlgorithm.Maglev, Layout = [.. Enumerable.Range(0, 251).Select(slot => (ushort)(slot < 200 ? 0 : 1))] });

        var share = Enumerable.Range(10, 2000).Count(netns => Dial(GivenService.ClusterIP, new((ulong)netns)) == "L1");

        Assert.That(share, Is.InRange(1594 - 110, 1594 + 110));
    }

    [Test]
    public void Affinity_GoesBeforeTheAlgorithm([Values] BalancingAlgorithm algorithm)
    {
        Apply(new() { Cluster = "L1 L2 R1", Algorithm = algorithm, Affinity = TimeSpan.FromHours(3) });

        var given = Enumerable.Range(0, 30).Select(_ => Dial(GivenService.ClusterIP, Client.Pod)).Distinct();

        Assert.That(given.Count(), Is.EqualTo(1));
    }

    [Test]
    public void NobodyInTheSet_IsTheVerdict_WhateverTheAlgorithm([Values] BalancingAlgorithm algorithm)
    {
        Apply(new() { Cluster = "", Local = "", Algorithm = algorithm });

        Assert.That(Dial(GivenService.ClusterIP, Client.Pod), Is.EqualTo("reject"));
    }
}
