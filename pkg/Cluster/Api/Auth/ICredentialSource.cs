namespace KubeProxyNext.Cluster.Api.Auth;

/// <summary>Where credentials come from. Safe to call from several threads.</summary>
internal interface ICredentialSource
{
    /// <summary>The credential of this moment; the same object for as long as nothing rotates.</summary>
    /// <exception cref="ApiConfigException">There is none to be had; the message says what to do.</exception>
    ValueTask<ApiCredential> GetAsync(CancellationToken cancellationToken);

    /// <summary>The server refused this one (401): the next <see cref="GetAsync"/> looks for a newer one.</summary>
    void Refused(ApiCredential credential);
}
