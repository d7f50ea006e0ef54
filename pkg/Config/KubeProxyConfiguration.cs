using System.Collections.Immutable;

namespace KubeProxyNext.Config;

/// <summary>What was set, and the defaults of all else: a <c>KubeProxyConfiguration</c>, and what only flags set. Immutable.</summary>
public sealed class KubeProxyConfiguration
{
    internal const string ApiVersion = "kubeproxy.config.k8s.io/v1alpha1";
    internal const string Kind = "KubeProxyConfiguration";

    private readonly ImmutableDictionary<Setting, object> _given;

    private KubeProxyConfiguration(ImmutableDictionary<Setting, object> given) => _given = given;

    /// <summary>Nothing is set.</summary>
    public static KubeProxyConfiguration Default { get; } = new(ImmutableDictionary<Setting, object>.Empty);

    /// <summary>The file that this was read from; null where there is none.</summary>
    public string? FileName { get; private init; }

    /// <summary>What was said, be it the default or not.</summary>
    internal IEnumerable<KeyValuePair<Setting, object>> Given => _given;

    public T Get<T>(Setting<T> setting)
        where T : notnull => _given.TryGetValue(setting, out var value) ? (T)value : setting.Default(this);

    public bool IsGiven(Setting setting) => _given.ContainsKey(setting);

    internal KubeProxyConfiguration With(Setting setting, object value) => new(_given.SetItem(setting, value)) { FileName = FileName };

    internal KubeProxyConfiguration Without(Setting setting) => new(_given.Remove(setting)) { FileName = FileName };

    internal KubeProxyConfiguration FromFile(string name) => new(_given) { FileName = name };
}
