using System.Diagnostics.Metrics;

namespace KubeProxyNext.Telemetry.Exposition;

/// <summary>All series of one name.</summary>
internal sealed class MetricFamily
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly string _help;
    private readonly string _type;
    private readonly bool _isObserved;
    private readonly bool _isSum;
    private readonly double[] _bounds;

    internal MetricFamily(Instrument instrument)
    {
        (_name, _help, _isObserved) = (instrument.Name, instrument.Description ?? "", instrument.IsObservable);
        _bounds = instrument is Histogram<double> histogram ? [.. histogram.Advice?.HistogramBucketBoundaries ?? []] : [];
        _type = instrument switch
        {
            Histogram<double> => "histogram",
            Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double> => "counter",
            _ => "gauge",
        };
        _isSum = instrument is Counter<long> or Counter<double> or UpDownCounter<long>;
    }

    /// <summary>Forgets what observable instruments said last: they say all of it again, but for what is gone.</summary>
    internal void BeginScrape()
    {
        if (_isObserved)
        {
            lock (_lock)
            {
                _series.Clear();
            }
        }
    }

    internal void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var text = LabelText.Of(labels);
        lock (_lock)
        {
            if (!_series.TryGetValue(text, out var series))
            {
                _series.Add(text, series = new(_bounds.Length));
            }

            Record(series, value);
        }
    }

    internal void Write(ExpositionText text)
    {
        text.Head(_name, _help, _type);
        lock (_lock)
        {
            foreach (var (labels, series) in _series)
            {
                if (_type == "histogram")
                {
                    WriteHistogram(text, labels, series);
                }
                else
                {
                    text.Sample(_name, labels, series.Value);
                }
            }
        }
    }

    private void Record(Series series, double value)
    {
        if (_type == "histogram")
        {
            var bucket = Array.FindIndex(_bounds, bound => value <= bound);
            series.Buckets[bucket < 0 ? _bounds.Length : bucket]++;
            series.Value += value;
        }
        else
        {
            series.Value = _isSum ? series.Value + value : value;
        }
    }

    private void WriteHistogram(ExpositionText text, string labels, Series series)
    {
        var count = 0L;
        for (var i = 0; i <= _bounds.Length; i++)
        {
            count += series.Buckets[i];
            var bound = i < _bounds.Length ? ExpositionText.Number(_bounds[i]) : "+Inf";
            text.Sample($"{_name}_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", count);
        }

        text.Sample($"{_name}_sum", labels, series.Value);
        text.Sample($"{_name}_count", labels, count);
    }

    /// <summary>One set of labels.</summary>
    private sealed class Series(int bounds)
    {
        /// <summary>Of a histogram the sum of all values.</summary>
        internal double Value { get; set; }

        /// <summary>How many values were in each bucket; the last is for those above all bounds.</summary>
        internal long[] Buckets { get; } = bounds > 0 ? new long[bounds + 1] : new long[1];
    }
}
