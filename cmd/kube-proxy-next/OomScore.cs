using System.Globalization;
using Microsoft.Extensions.Logging;

namespace KubeProxyNext;

/// <summary>How ready the kernel is to kill this process where memory is short.</summary>
internal static class OomScore
{
    private const string Adjustment = "/proc/self/oom_score_adj";

    /// <summary>Whether it can be set or not, the process goes on: a lower score takes a capability.</summary>
    internal static void Set(int score, ILogger log)
    {
        try
        {
            File.WriteAllText(Adjustment, score.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.OomScoreNotSet(score, error.Message);
        }
    }
}
