using KubeProxyNext.Cluster.Api.Http;

namespace KubeProxyNext.Cluster.Api.Watching;

/// <summary>The events of one watch request, as they come in.</summary>
internal sealed class WatchStream<T> : IDisposable
    where T : class
{
    private readonly ApiAnswer _answer;
    private readonly IResourceCodec<T> _codec;
    private readonly TimeProvider _time;
    private readonly SilenceTimer _timer;
    private readonly FrameReader _frames;
    private readonly long _opened;

    public WatchStream(
        ApiAnswer answer, IResourceCodec<T> codec, int longestFrame, TimeProvider time, CancellationToken cancellationToken)
    {
        (_answer, _codec, _time) = (answer, codec, time);
        _frames = new FrameReader(answer.Body, answer.Format, longestFrame);
        _timer = new SilenceTimer(time, cancellationToken);
        _opened = time.GetTimestamp();
    }

    /// <summary>The event that the last <see cref="MoveNextAsync"/> came to.</summary>
    public WatchEvent<T> Current { get; private set; }

    /// <summary>Whether there was a sign of life.</summary>
    public bool HasBytes { get; private set; }

    /// <summary>Whether an event of it was taken; for the reader to set.</summary>
    public bool IsProven { get; set; }

    /// <summary>How long it is open.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_opened);

    /// <summary>Goes to the next event; false when the server has ended the stream.</summary>
    /// <param name="longestSilence">How long to wait for a byte.</param>
    /// <param name="oldest">The age at which the stream is given up, however steadily it trickles.</param>
    /// <exception cref="InvalidDataException">It cannot be decoded.</exception>
    /// <exception cref="IOException">The stream broke.</exception>
    /// <exception cref="TimeoutException">Silence, or too old.</exception>
    public async ValueTask<bool> MoveNextAsync(TimeSpan longestSilence, TimeSpan? oldest = null)
    {
        while (true)
        {
            if (_frames.TryRead(out var frame))
            {
                Current = _codec.ReadEvent(_answer.Format, frame);
                return true;
            }

            if (Age > oldest)
            {
                throw new TimeoutException($"the list of {_codec.Resource} took more than {oldest.Value.TotalSeconds:0.###} s");
            }

            if (!await FillAsync(longestSilence))
            {
                return false;
            }
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _answer.Dispose();
    }

    private async ValueTask<bool> FillAsync(TimeSpan longestSilence)
    {
        _timer.Start(longestSilence);
        try
        {
            var more = await _frames.FillAsync(_timer.Token);
            HasBytes |= more;
            return more;
        }
        catch (OperationCanceledException) when (_timer.Fired)
        {
            throw new TimeoutException($"no byte on the watch of {_codec.Resource} for {longestSilence.TotalSeconds:0.###} s");
        }
        finally
        {
            _timer.Stop();
        }
    }
}
