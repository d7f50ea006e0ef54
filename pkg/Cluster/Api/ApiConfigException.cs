namespace KubeProxyNext.Cluster.Api;

/// <summary>The way to the API server is not, or wrongly, configured. The message names file and key and says what to do.</summary>
public sealed class ApiConfigException : Exception
{
    public ApiConfigException()
    {
    }

    public ApiConfigException(string message)
        : base(message)
    {
    }

    public ApiConfigException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
