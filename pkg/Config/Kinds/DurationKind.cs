using System.Globalization;
using KubeProxyNext.Config.File;

namespace KubeProxyNext.Config.Kinds;

/// <summary>A time as Go writes it.</summary>
/// <param name="takesNanoseconds">Whether a file may have a bare number, which older ones have for some.</param>
internal sealed class DurationKind(bool takesNanoseconds = false) : ValueKind<TimeSpan>("duration", "a duration like 90s or 1h30m")
{
    internal override bool TryParse(string text, out TimeSpan value) => GoDuration.TryParse(text, out value);

    internal override bool TryRead(FileNode node, out TimeSpan value)
    {
        if (takesNanoseconds && node is FileScalar { Text: var text }
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds))
        {
            value = TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
            return true;
        }

        return base.TryRead(node, out value);
    }

    internal override bool IsZero(TimeSpan value) => value == TimeSpan.Zero;

    internal override string Print(TimeSpan value) => GoDuration.Format(value);
}
