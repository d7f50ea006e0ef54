using System.Text;
using KubeProxyNext.Cluster.Api.Config;

namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>A token that someone else renews on disk: read again once a minute, and after a refusal. Not thread-safe.</summary>
internal sealed class TokenFile(DataSource source, TimeProvider time)
{
    /// <summary>The kubelet renews a service account token at 80 % of its life, which is ten minutes at least.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private string? _token;
    private bool _stale = true;
    private long _readAt;

    /// <summary>A file that cannot be read just now leaves the last token in use.</summary>
    public string Current()
    {
        if (!_stale && time.GetElapsedTime(_readAt) < Period)
        {
            return _token!;
        }

        try
        {
            _token = Read();
            _stale = false;
            _readAt = time.GetTimestamp();
        }
        catch (ApiConfigException) when (_token is not null)
        {
        }

        return _token!;
    }

    public void Forget() => _stale = true;

    private string Read()
    {
        var token = Encoding.UTF8.GetString(source.Read()).Trim();
        if (token.Length == 0)
        {
            throw new ApiConfigException($"{source.What}: {source.File} is empty, where a token should be");
        }

        return token.AsSpan().ContainsAny('\n', '\r', ' ')
            ? throw new ApiConfigException($"{source.What}: {source.File} holds more than one token")
            : token;
    }
}
