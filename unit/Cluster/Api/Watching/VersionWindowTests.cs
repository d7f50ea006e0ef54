using KubeProxyNext.Cluster.Api.Watching;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Api.Watching;

public sealed class VersionWindowTests
{
    private static readonly ObjectName A = new("ns", "a");
    private static readonly ObjectName B = new("ns", "b");

    [Test]
    public void Event_OlderThanTheListOrRepeated_IsNoNews()
    {
        var window = new VersionWindow();
        window.Restart("100");

        Assert.That(window.Admit(A, "99"), Is.False);
        Assert.That(window.Admit(A, "100"), Is.False);
        Assert.That(window.Admit(A, "105"), Is.True);
        Assert.That(window.Admit(A, "105"), Is.False);
        Assert.That(window.Admit(A, "103"), Is.False);
    }

    [Test]
    public void Event_OvertakenByAnotherObjects_IsNews_AndTheNewestIsResumedFrom()
    {
        var window = new VersionWindow();
        window.Restart("100");

        Assert.That(window.Admit(A, "105"), Is.True);
        Assert.That(window.Admit(B, "104"), Is.True);
        Assert.That(window.Latest, Is.EqualTo("105"));
    }

    [Test]
    public void Versions_AreNumbers_NotText()
    {
        var window = new VersionWindow();
        window.Restart("99");

        Assert.That(window.Admit(A, "100"), Is.True);
    }

    [Test]
    public void Versions_ThatAreNoNumbers_AreTakenAsTheyCome()
    {
        var window = new VersionWindow();
        window.Restart("x");

        Assert.That(window.Admit(A, "b"), Is.True);
        Assert.That(window.Admit(A, "a"), Is.True);
        Assert.That(window.Latest, Is.EqualTo("a"));
    }

    [Test]
    public void Capacity_Reached_OlderThanAllSeenIsNoNews()
    {
        var window = new VersionWindow(capacity: 2);
        window.Restart("1");
        window.Admit(A, "10");
        window.Admit(B, "11");

        Assert.That(window.Admit(new ObjectName("ns", "c"), "12"), Is.True);
        Assert.That(window.Admit(A, "11"), Is.False);
        Assert.That(window.Admit(A, "13"), Is.True);
    }

    [Test]
    public void Bookmark_BeforeTheList_TellsThatVersionsRanBackwards()
    {
        var window = new VersionWindow();
        window.Restart("100");

        Assert.That(window.Advance("120"), Is.True);
        Assert.That(window.Latest, Is.EqualTo("120"));
        Assert.That(window.Advance("110"), Is.True);
        Assert.That(window.Latest, Is.EqualTo("120"));
        Assert.That(window.Advance("50"), Is.False);
    }

    [Test]
    public void List_WithoutVersion_CannotBeResumedFrom()
    {
        var window = new VersionWindow();

        window.Restart("");

        Assert.That(window.Latest, Is.Null);
    }
}
