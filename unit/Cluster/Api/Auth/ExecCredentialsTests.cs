using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Auth;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Unit.Cluster.Api.Auth;

public sealed class ExecCredentialsTests
{
    private const string Version = "client.authentication.k8s.io/v1";

    private TempFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TempFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Token_IsKeptUntilItExpires()
    {
        var time = new ManualTime();
        var script = Counting($$"""{"token":"t$n","expirationTimestamp":"{{time.GetUtcNow().AddMinutes(5):yyyy-MM-ddTHH:mm:ssZ}}"}""");
        using var source = new ExecCredentials(Exec(script), TimeSpan.FromSeconds(10), time);

        var first = await source.GetAsync(default);
        var again = await source.GetAsync(default);
        time.Advance(TimeSpan.FromMinutes(5));
        var expired = await source.GetAsync(default);

        Assert.That(first.Authorization!.ToString(), Is.EqualTo("Bearer t1"));
        Assert.That(again, Is.SameAs(first));
        Assert.That(expired.Authorization!.Parameter, Is.EqualTo("t2"));
    }

    [Test]
    public async Task Token_Refused_IsAskedForAgain_Once()
    {
        using var source = new ExecCredentials(Exec(Counting("""{"token":"t$n"}""")), TimeSpan.FromSeconds(10), new ManualTime());
        var first = await source.GetAsync(default);

        source.Refused(first);
        var second = await source.GetAsync(default);
        source.Refused(first);
        var third = await source.GetAsync(default);

        Assert.That(second.Authorization!.Parameter, Is.EqualTo("t2"));
        Assert.That(third, Is.SameAs(second), "a late refusal of the first says nothing about the second");
    }

    [Test]
    public async Task Certificate_IsTakenWithItsKey()
    {
        using var authority = new TestAuthority();
        var (certificate, key) = authority.IssueClient("me", rsa: false);
        var status = $$"""{"clientCertificateData":"{{Escape(certificate)}}","clientKeyData":"{{Escape(key)}}"}""";
        using var source = new ExecCredentials(Exec(Counting(status)), TimeSpan.FromSeconds(10), new ManualTime());

        var credential = await source.GetAsync(default);

        Assert.That(credential.Certificate!.Context.TargetCertificate.Subject, Is.EqualTo("CN=me"));
        Assert.That(credential.Authorization, Is.Null);
    }

    [Test]
    public async Task Plugin_GetsArgumentsVariablesAndClusterInfo()
    {
        var script = _folder.Script("plugin", $$$"""
            test "$KUBERNETES_EXEC_INFO" = '{"kind":"ExecCredential","apiVersion":"{{{Version}}}","spec":{"cluster":{"server":"https://a"},"interactive":false}}' || exit 9
            echo '{"kind":"ExecCredential","apiVersion":"{{{Version}}}","status":{"token":"'"$1-$COLOUR"'"}}'
            """);
        var exec = new ExecConfig(Version, script, ["one"], [new("COLOUR", "red")], null, """{"server":"https://a"}""");
        using var source = new ExecCredentials(exec, TimeSpan.FromSeconds(10), TimeProvider.System);

        var credential = await source.GetAsync(default);

        Assert.That(credential.Authorization!.Parameter, Is.EqualTo("one-red"));
    }

    [TestCase("echo no such user >&2; exit 3", "exit code 3: no such user")]
    [TestCase("echo hello", "is no ExecCredential")]
    [TestCase("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'""", "set apiVersion")]
    [TestCase("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}'""", "no status")]
    [TestCase("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'""", "should hold a token")]
    [TestCase("exec tail -f /dev/null", "no answer within 1 s")]
    public void Failure_IsNamed_WithTheInstallHint(string body, string expected)
    {
        using var source = new ExecCredentials(Exec(_folder.Script("plugin", body)), TimeSpan.FromSeconds(1), TimeProvider.System);

        Assert.That(
            async () => await source.GetAsync(default),
            Throws.TypeOf<ApiConfigException>().With.Message.Contains(expected).And.Message.Contains("plugin"));
    }

    [Test]
    public void Plugin_Missing_ShowsTheInstallHint()
    {
        using var source = new ExecCredentials(Exec("/nonexistent/plugin"), TimeSpan.FromSeconds(10), TimeProvider.System);

        Assert.That(async () => await source.GetAsync(default), Throws.TypeOf<ApiConfigException>().With.Message.Contains("apt install plugin"));
    }

    private static string Escape(string pem) => pem.Replace("\n", "\\n", StringComparison.Ordinal);

    private static ExecConfig Exec(string script) => new(Version, script, [], [], "apt install plugin", null);

    // $n in the status is how often the plugin has run.
    private string Counting(string status) => _folder.Script("plugin", $$$"""
        echo x >> "$0.runs"
        n=$(wc -l < "$0.runs")
        cat <<END
        {"kind":"ExecCredential","apiVersion":"{{{Version}}}","status":{{{status}}}}
        END
        """);
}
