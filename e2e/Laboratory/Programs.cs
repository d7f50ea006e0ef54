using System.Diagnostics;

namespace KubeProxyNext.Laboratory;

/// <summary>The programs of the machine that the laboratory and its clients are made of.</summary>
public static class Programs
{
    private static readonly (string Program, string Package)[] Needed =
    [
        ("ip", "iproute2"), ("nsenter", "util-linux"), ("setsid", "util-linux"), ("curl", "curl"), ("dig", "bind9-dnsutils"), ("python3", "python3"),
    ];

    private static readonly Lazy<string> RealPython = new(FindPython);

    /// <summary>The Python interpreter itself: what PATH finds may be a slow script around it.</summary>
    public static string Python => RealPython.Value;

    /// <summary>Says what is missing, and where Debian and Ubuntu have it.</summary>
    /// <exception cref="LabException">A program is missing.</exception>
    public static void Check()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        var missing = Needed.Where(one => !folders.Any(folder => File.Exists(Path.Combine(folder, one.Program)))).ToList();
        if (missing.Count > 0)
        {
            throw new LabException(
                $"missing: {string.Join(", ", missing.Select(one => one.Program))}; "
                + $"apt-get install {string.Join(' ', missing.Select(one => one.Package).Distinct())}");
        }
    }

    private static string FindPython()
    {
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys; print(sys.executable)"]) { RedirectStandardOutput = true })
            ?? throw new LabException("python3 did not start");
        var path = python.StandardOutput.ReadToEnd().Trim();
        python.WaitForExit();
        return path.Length > 0 ? path : throw new LabException("python3 does not tell its path");
    }
}
