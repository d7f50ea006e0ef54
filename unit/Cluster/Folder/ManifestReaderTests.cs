using System.Diagnostics.Metrics;
using System.Text;
using KubeProxyNext.Cluster.Folder;
using KubeProxyNext.Cluster.Problems;

namespace KubeProxyNext.Unit.Cluster.Folder;

internal sealed class ManifestReaderTests
{
    private const int Rounds = 1000;

    private const string Manifest = """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: Service
          metadata: {name: "web", labels: {a: &x 'b', c: *x}}
          spec:
            clusterIP: 10.96.0.1 # first
            ports: [{port: 80, nodePort: 30080}, {port: 53, protocol: UDP}]
        - apiVersion: discovery.k8s.io/v1
          kind: EndpointSlice
          metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
          addressType: IPv4
          endpoints:
          - addresses: ["10.244.1.5"]
            conditions: {ready: false}
        """;

    [Test]
    public void MutatedManifest_NeverThrows()
    {
        using var meter = new Meter(nameof(ManifestReaderTests));
        var log = new LogList();
        var reader = new ManifestReader("node-a", new(log.For<InputProblems>(), meter), log.For<ManifestReader>());
        var random = new Random(19);
        var path = Path.GetTempFileName();
        try
        {
            Assert.DoesNotThrow(() =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    File.WriteAllBytes(path, Mutate(random));
                    reader.Read(path, null);
                }
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    // A few characters changed to some that mean something in YAML, or to anything.
    private static byte[] Mutate(Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(Manifest);
        for (var i = random.Next(6); i >= 0; i--)
        {
            var any = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? any : " \n:{}[]&*!|>'\"%@`-,?#~0"u8[any % 23];
        }

        return bytes;
    }
}
