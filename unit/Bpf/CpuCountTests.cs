using KubeProxyNext.Bpf;

namespace KubeProxyNext.Unit.Bpf;

public sealed class CpuCountTests
{
    [TestCase("0\n", 0)]
    [TestCase("0-1\n", 1)]
    [TestCase("0-3,8-11\n", 11)]
    [TestCase("0,2,4\n", 4)]
    public void List_LastNumber_IsTheHighest(string list, int last) => Assert.That(CpuCount.LastOf(list), Is.EqualTo(last));
}
