using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

internal static partial class StartupLog
{
    [LoggerMessage(LogLevel.Warning, "{Lenience}; as if it were not there")]
    internal static partial void NotStrict(this ILogger logger, string lenience);

    [LoggerMessage(LogLevel.Warning, "{File} stands in for flags, so these do not count: {Flags}")]
    internal static partial void Overruled(this ILogger logger, string file, string flags);

    [LoggerMessage(LogLevel.Warning, "These mean nothing here and are ignored: {Names}")]
    internal static partial void WithoutMeaning(this ILogger logger, string names);

    [LoggerMessage(LogLevel.Information, "{Suspicion}")]
    internal static partial void Suspicious(this ILogger logger, string suspicion);

    [LoggerMessage(LogLevel.Information, "Wrote the configuration in force to {File}")]
    internal static partial void WroteConfiguration(this ILogger logger, string file);

    [LoggerMessage(LogLevel.Warning, "The process could not have the oom_score_adj {Score}: {Reason}")]
    internal static partial void OomScoreNotSet(this ILogger logger, int score, string reason);

    [LoggerMessage(LogLevel.Warning, "bpffs was not mounted at {Path}, and is now. In a container that is for this container alone, and what is pinned ends with it: mount the host's {Path} there for connections to be served while it restarts")]
    internal static partial void MountedBpffs(this ILogger logger, string path);

    [LoggerMessage(LogLevel.Information, "cgroup2 was not mounted, and is now at {Path}")]
    internal static partial void MountedCgroup2(this ILogger logger, string path);

    [LoggerMessage(LogLevel.Warning, "{Path} is not the root of cgroup2: processes outside of it are not served where they dial. Give the container the host's cgroup namespace, or mount the host's cgroup2 and name it with --cgroup")]
    internal static partial void NotTheRootOfCgroup2(this ILogger logger, string path);
}
