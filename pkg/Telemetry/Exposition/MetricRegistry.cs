using System.Buffers;
using System.Diagnostics.Metrics;

namespace KubeProxyNext.Telemetry.Exposition;

/// <summary>
/// Gathers what the instruments of one meter measure and writes it in the text format of Prometheus, version 0.0.4. Observable
/// instruments are asked only while it is written. Safe to call from several threads.
/// </summary>
public sealed class MetricRegistry : IDisposable
{
    /// <summary>What the text is to be served as.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Meter _meter;

    private readonly Action<Exception> _onError;
    private bool _isDisposed;

    /// <summary>Listens to a meter's instruments, those that it makes later too.</summary>
    /// <param name="onError">Hears of observable instruments that fail: they are left out, all others are not.</param>
    public MetricRegistry(Meter meter, Action<Exception> onError)
    {
        (_meter, _onError) = (meter, onError);
        _listener.InstrumentPublished = Add;
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, family) => ((MetricFamily)family!).Record(value, labels));
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, family) => ((MetricFamily)family!).Record(value, labels));
        _listener.Start();
    }

    /// <summary>Writes all there is, sorted by name.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        // One at a time: what observable instruments say is of one scrape.
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            foreach (var family in _families.Values)
            {
                family.BeginScrape();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException errors)
            {
                _onError(errors.GetBaseException());
            }

            var text = new ExpositionText(output);
            foreach (var family in _families.Values)
            {
                family.Write(text);
            }
        }
    }

    /// <summary>When this returns no instrument is asked any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _listener.Dispose();
    }

    // Several instruments may have one name: they are one family.
    private void Add(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter != _meter)
        {
            return;
        }

        lock (_lock)
        {
            if (!_families.TryGetValue(instrument.Name, out var family))
            {
                _families.Add(instrument.Name, family = new(instrument));
            }

            listener.EnableMeasurementEvents(instrument, family);
        }
    }
}
