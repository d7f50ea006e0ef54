namespace KubeProxyNext.Unit.Dataplane;

/// <summary>Tests with a folder for pins and a cgroup of their own.</summary>
public abstract class PinsFixture
{
    private protected TemporaryPins Pins { get; private set; } = null!;

    [SetUp]
    public void MakePins() => Pins = new();

    [TearDown]
    public void RemovePins() => Pins.Dispose();
}
