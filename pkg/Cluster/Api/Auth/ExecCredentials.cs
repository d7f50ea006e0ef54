using System.Net.Http.Headers;
using System.Text;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>Credentials from a plugin: it runs once, and again when they expire or are refused.</summary>
internal sealed class ExecCredentials(ExecConfig exec, TimeSpan timeout, TimeProvider time) : ICredentialSource, IDisposable
{
    // One run at a time: several requests of the start ask at once.
    private readonly SemaphoreSlim _gate = new(1);
    private ApiCredential? _current;
    private DateTimeOffset _expires = DateTimeOffset.MaxValue;

    public async ValueTask<ApiCredential> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_current is null || time.GetUtcNow() >= _expires)
            {
                var output = await ExecPlugin.RunAsync(exec, timeout, time, cancellationToken);
                var status = ExecCredentialReader.Read(output, exec);
                _current = ToCredential(status);
                _expires = status.Expires ?? DateTimeOffset.MaxValue;
            }

            return _current;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Refused(ApiCredential credential) =>
        Interlocked.CompareExchange(ref _current, null, credential);

    public void Dispose() => _gate.Dispose();

    private ApiCredential ToCredential(ExecCredentialStatus status) => new(
        status.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null,
        status.ClientCertificate is { } certificate
            ? ClientCertificate.FromPem(
                Encoding.UTF8.GetBytes(certificate), Encoding.UTF8.GetBytes(status.ClientKey!), $"the answer of {exec.Command}")
            : null);
}
