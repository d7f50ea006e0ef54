namespace KubeProxyNext.ApiServer.Wire;

/// <summary>The request ends here, with this answer.</summary>
internal sealed class StatusException(ApiStatusBody status) : Exception(status.Message)
{
    public ApiStatusBody Status { get; } = status;
}
