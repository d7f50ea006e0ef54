using KubeProxyNext.Netlink;

namespace KubeProxyNext.Unit.Netlink;

public sealed class MountInfoTests
{
    [TestCase("640 30 0:4 net:[4026532281] /run/netns/web rw shared:300 - nsfs nsfs rw", "/run/netns/web")]
    [TestCase("640 30 0:4 net:[4026532281] /run/netns/web rw - nsfs nsfs rw", "/run/netns/web", Description = "without tags")]
    [TestCase(@"640 30 0:4 net:[4026532281] /run/a\040b\134c\011d rw - nsfs nsfs rw", "/run/a b\\c\td")]
    [TestCase("640 30 0:4 mnt:[4026532281] /run/snapd/ns/a.mnt rw - nsfs nsfs rw", null, Description = "a namespace of another kind")]
    [TestCase("30 1 8:1 / /net:[1] rw,relatime shared:1 - ext4 /dev/sda1 rw", null)]
    [TestCase("", null)]
    public void Line_TellsOfAMountedNetworkNamespace(string line, string? path) =>
        Assert.That(MountInfo.NetworkNamespaceAt(line), Is.EqualTo(path));
}
