using System.Collections.Concurrent;
using System.Threading.Channels;
using KubeProxyNext.Cluster;
using KubeProxyNext.Model;

namespace KubeProxyNext.Unit.Cluster.Api;

/// <summary>Remembers what it was told, and lets a test wait for it.</summary>
internal sealed class MemoryStore<T>(Func<T, ObjectName> nameOf, Func<T, string> show) : IObjectStore<T>
{
    private readonly ConcurrentDictionary<ObjectName, string> _items = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>As <c>a=1 b=2</c>, sorted by name.</summary>
    public string Content => string.Join(' ', _items.Select(t => $"{t.Key.Name}={t.Value}").Order());

    public void Upsert(T item) => Do($"+{nameOf(item).Name}", () => _items[nameOf(item)] = show(item));

    public void Remove(ObjectName name) => Do($"-{name.Name}", () => _items.TryRemove(name, out _));

    public void Replace(IReadOnlyCollection<T> items, IReadOnlyCollection<ObjectName>? unusable) => Do($"={items.Count}", () =>
    {
        var names = items.Select(nameOf).Concat(unusable ?? []).ToHashSet();
        foreach (var gone in _items.Keys.Where(k => !names.Contains(k)))
        {
            _items.TryRemove(gone, out _);
        }

        foreach (var item in items)
        {
            _items[nameOf(item)] = show(item);
        }
    });

    public async Task UntilAsync(string content)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Content != content)
        {
            try
            {
                await _changes.Reader.ReadAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"the store should come to hold '{content}', but holds '{Content}' after {string.Join(' ', Calls)}");
            }
        }
    }

    public async Task UntilCallsAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Calls.Count < count)
        {
            await _changes.Reader.ReadAsync(patience.Token);
        }
    }

    private void Do(string call, Action action)
    {
        action();
        Calls.Enqueue(call);
        _changes.Writer.TryWrite(true);
    }
}
