using System.Net.Http.Headers;
using System.Text;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>Credentials that the configuration holds or names files for.</summary>
internal sealed class UserCredentials(UserConfig user, TimeProvider time) : ICredentialSource
{
    private readonly Lock _lock = new();
    private readonly TokenFile? _tokenFile = user.TokenFile is { } file ? new(file, time) : null;
    private readonly CertificateFiles? _certificate =
        user.ClientCertificate is { } certificate ? new(certificate, user.ClientKey!) : null;

    private ApiCredential _last = new(null, null);

    public ValueTask<ApiCredential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = new ApiCredential(Authorization(), _certificate?.Current());
            return new(_last = now == _last ? _last : now);
        }
    }

    public void Refused(ApiCredential credential)
    {
        lock (_lock)
        {
            _tokenFile?.Forget();
        }
    }

    private AuthenticationHeaderValue? Authorization() => (_tokenFile?.Current() ?? user.Token, user.Username) switch
    {
        ({ } token, _) => new("Bearer", token),
        (null, { } name) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{user.Password}"))),
        _ => null,
    };
}
