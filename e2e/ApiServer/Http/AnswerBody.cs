using System.Buffers;
using System.IO.Pipelines;
using KubeProxyNext.ApiServer.Misbehaving;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>Where a body goes: straight to the connection, or through whatever was asked to befall it.</summary>
internal sealed class AnswerBody(HttpContext context, Trouble trouble, TimeProvider time, CancellationToken cancellation)
{
    private const int FlushSize = 64 * 1024;

    private readonly PipeWriter _pipe = context.Response.BodyWriter;
    private readonly Misbehaviour.SlowBytes? _slow = trouble.Get<Misbehaviour.SlowBytes>();
    private readonly long? _cutAfter = trouble.Get<Misbehaviour.CutAfter>()?.Bytes;
    private readonly long? _stallAfter = trouble.Get<Misbehaviour.StallAfter>()?.Bytes;
    private readonly ArrayBufferWriter<byte> _held = new();
    private long _sent;
    private int _unflushed;

    private bool IsTroubled => _slow is not null || _cutAfter is not null || _stallAfter is not null;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        IBufferWriter<byte> target = IsTroubled ? _held : _pipe;
        target.Write(bytes.Span);
        _unflushed += bytes.Length;
        if (_unflushed >= FlushSize)
        {
            await FlushAsync();
        }
    }

    public async ValueTask FlushAsync()
    {
        _unflushed = 0;
        if (IsTroubled)
        {
            await SendTroubledAsync();
        }
        else
        {
            await _pipe.FlushAsync(cancellation);
        }
    }

    /// <summary>What was written arrives, then the connection ends without the end of the body.</summary>
    public async Task CutAsync()
    {
        await _pipe.FlushAsync(cancellation);
        await ConnectionBook.CutAsync(context);
        throw new OperationCanceledException("cut");
    }

    /// <summary>Nothing more comes until the client or the server ends the connection.</summary>
    public async Task StallAsync()
    {
        await _pipe.FlushAsync(cancellation);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
    }

    private async Task SendTroubledAsync()
    {
        var bytes = _held.WrittenMemory.ToArray();
        _held.Clear();
        var end = Math.Min(_cutAfter ?? long.MaxValue, _stallAfter ?? long.MaxValue);
        var allowed = (int)Math.Min(bytes.Length, end - _sent);
        var step = _slow?.BytesPerFlush ?? Math.Max(allowed, 1);
        for (var from = 0; from < allowed; from += step)
        {
            _pipe.Write(bytes.AsSpan(from, Math.Min(step, allowed - from)));
            await _pipe.FlushAsync(cancellation);
            if (_slow is { Pause.Ticks: > 0 })
            {
                await Task.Delay(_slow.Pause, time, cancellation);
            }
        }

        _sent += allowed;
        if (_sent < end)
        {
            return;
        }

        await (_cutAfter is not null ? CutAsync() : StallAsync());
    }
}
