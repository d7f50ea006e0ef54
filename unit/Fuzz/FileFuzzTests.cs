using System.Diagnostics.Metrics;
using System.Text;
using KubeProxyNext.Cluster.Api;
using KubeProxyNext.Cluster.Api.Auth;
using KubeProxyNext.Cluster.Api.Config;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Cluster.Problems;
using KubeProxyNext.Config;
using KubeProxyNext.Model;
using KubeProxyNext.Unit.Cluster;
using KubeProxyNext.Unit.Cluster.Api;

namespace KubeProxyNext.Unit.Fuzz;

/// <summary>Files that came to harm: what can be read is read, all else is what the reader says it throws.</summary>
internal sealed class FileFuzzTests
{
    private const string KubeConfig = """
        apiVersion: v1
        kind: Config
        current-context: &c prod
        contexts:
        - {name: *c , context: {cluster: prod, user: me}}
        clusters:
        - name: prod
          cluster:
            server: https://10.0.0.1:6443
            certificate-authority-data: QUJD
            proxy-url: "http://proxy:3128"
            insecure-skip-tls-verify: false
            extensions: [{name: client.authentication.k8s.io/exec, extension: {a: [1, true, ~, "x", 1.5, 0o7]}}]
        users:
        - name: me
          user:
            exec: {apiVersion: client.authentication.k8s.io/v1, command: get, args: [a, b], env: [{name: A, value: b}], provideClusterInfo: true}
        ---
        """;

    private const string Manifests = """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: Service
          metadata: {name: "web", labels: {a: &x 'b', c: *x}, annotations: {kube-proxy-next.io/algorithm: maglev}}
          spec:
            clusterIP: 10.96.0.1 # first
            externalIPs: ["203.0.113.9"]
            ports: [{port: 80, nodePort: 30080}, {port: 53, protocol: UDP, name: |
              dns
            }]
        - apiVersion: discovery.k8s.io/v1
          kind: EndpointSlice
          metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
          addressType: IPv4
          ports: [{name: "", port: 8080}]
          endpoints:
          - addresses: ["10.244.1.5"]
            conditions: {ready: false}
        """;

    private const string Configuration = """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        clusterCIDR: &a 10.1.0.0/16
        nodePortAddresses: [*a , "10.2.0.0/16"]
        conntrack: {tcpEstablishedTimeout: 24h0m0s, maxPerCore: 32768}
        featureGates: {A: true}
        logging: {verbosity: 2, vmodule: [{filePattern: a, verbosity: 1}]}
        """;

    private const string Credential = """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t","expirationTimestamp":"2026-11-21T10:00:00Z"}}""";

    private TempFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void KubeConfigs() => Try(Texts(KubeConfig, Configuration), text =>
    {
        var path = _folder.Write("config", text);
        Fuzzing.Allow<ApiConfigException>(() => new ConfigLoader(_ => null, _folder.Path).Load(path, null));
    });

    [Test]
    public void ManifestFiles()
    {
        using var meter = new Meter(nameof(FileFuzzTests));
        var log = new LogList();
        var reader = new ManifestReader("node-a", new(log.For<InputProblems>(), meter), log.For<ManifestReader>());

        Try(Texts(Manifests, KubeConfig), text => reader.Read(_folder.Write("manifests", text), null));
    }

    [Test]
    public void Configurations() => Try(Texts(Configuration, KubeConfig), text =>
        Fuzzing.Allow<ConfigurationException>(() => ConfigurationLoader.FromFile(text, "config.conf", new Dictionary<Setting, object>())));

    [Test]
    public void Credentials() => Fuzzing.Try([Encoding.UTF8.GetBytes(Credential)], output =>
        Fuzzing.Allow<ApiConfigException>(() => ExecCredentialReader.Read(output, new("client.authentication.k8s.io/v1", "get", [], [], null, null))));

    [Test]
    public void AddressesAndNetworks() => Try(Texts("10.0.0.1", "2001:db8::ffff:10.0.0.1", "::ffff:010.000.0.1/120", "0.0.0.0/0"), text =>
    {
        Assert.That(!IpAddress.TryParse(text, out var ip) || IpAddress.Parse(ip.ToString()) == ip, Is.True);
        Assert.That(!IpNetwork.TryParse(text, out var network) || (IpNetwork.TryParse(network.ToString(), out var again) && again == network), Is.True);
    });

    private static void Try(byte[][] corpus, Action<string> read) => Fuzzing.Try(corpus, bytes => read(Encoding.UTF8.GetString(bytes)));

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
