using System.Text.Json;
using KubeProxyNext.Config;

namespace KubeProxyNext.Unit.Config;

/// <summary>What is written can be read again, by kube-proxy too.</summary>
public sealed class ConfigurationTextTests
{
    private static readonly Dictionary<Setting, object> NoFlags = [];

    [TestCase("kubeadm")]
    [TestCase("kind")]
    public void Yaml_SaysTheSameWhenReadAgain(string name)
    {
        var configuration = ConfigurationLoader.FromFile(ConfigurationFileTests.Recorded(name), "config.conf", NoFlags).Configuration;

        var yaml = ConfigurationText.ToYaml(configuration);
        var again = ConfigurationLoader.FromFile(yaml, "again.conf", NoFlags);

        Assert.That(ConfigurationText.ToYaml(again.Configuration), Is.EqualTo(yaml));
        Assert.That(again.Lenience, Is.Empty);
    }

    [Test]
    public void Yaml_IsAsKubeProxyWritesIt()
    {
        var yaml = ConfigurationText.ToYaml(KubeProxyConfiguration.Default);

        Assert.That(yaml, Does.StartWith("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nbindAddress: 0.0.0.0\nbindAddressHardFail: false\nclientConnection:\n  acceptContentTypes: \"\"\n  burst: 10\n"));
        Assert.That(yaml, Does.Contain("\nconntrack:\n  maxPerCore: 32768\n  min: 131072\n  tcpBeLiberal: false\n  tcpCloseWaitTimeout: 1h0m0s\n  tcpEstablishedTimeout: 24h0m0s\n  udpStreamTimeout: 0s\n"));
        Assert.That(yaml, Does.Contain("\nkind: KubeProxyConfiguration\nlogging:\n  flushFrequency: 5s\n"));
        Assert.That(yaml, Does.Contain("\n    text:\n      infoBufferSize: \"0\"\n"), "text that looks like a number");
    }

    [TestCase("yes")]
    [TestCase("0x10")]
    [TestCase("10:20")]
    [TestCase("1e3")]
    [TestCase("a: b # c")]
    [TestCase("- \"x\"\n\té")]
    [TestCase("~")]
    public void Yaml_KeepsText(string text)
    {
        var flags = new Dictionary<Setting, object> { [Settings.KubeConfig] = text };

        var again = ConfigurationLoader.FromFile(ConfigurationText.ToYaml(ConfigurationLoader.FromFlags(flags)), "config.conf", NoFlags).Configuration;

        Assert.That(again.Get(Settings.KubeConfig), Is.EqualTo(text));
    }

    [Test]
    public void Configz_HasAllFields()
    {
        using var json = JsonDocument.Parse(ConfigurationText.ToConfigz(KubeProxyConfiguration.Default));

        var configuration = json.RootElement.GetProperty("kubeproxy.config.k8s.io");
        Assert.That(configuration.GetProperty("kind").GetString(), Is.EqualTo("KubeProxyConfiguration"));
        Assert.That(configuration.GetProperty("logging").GetProperty("options").GetProperty("json").GetProperty("infoBufferSize").GetString(), Is.EqualTo("0"));
        Assert.That(configuration.GetProperty("clientConnection").GetProperty("qps").GetDouble(), Is.EqualTo(5));
        Assert.That(configuration.GetProperty("featureGates").EnumerateObject(), Is.Empty);
    }
}
