using System.IO.Pipelines;

namespace KubeProxyNext.Cluster.Api.Http;

/// <summary>A body that is still coming in. Disposing it ends the request.</summary>
internal sealed class ApiAnswer(HttpResponseMessage response, WireFormat format, Stream body) : IDisposable
{
    private const int BufferSize = 64 << 10;

    public WireFormat Format => format;

    public PipeReader Body { get; } = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: BufferSize));

    public void Dispose()
    {
        Body.Complete();
        response.Dispose();
    }
}
