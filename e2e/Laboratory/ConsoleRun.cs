namespace KubeProxyNext.Laboratory;

/// <summary>
/// A run that somebody started on a console and may interrupt. Exit codes: 0 all as expected, 1 something was not, 2 bad usage, 130 interrupted.
/// </summary>
public static class ConsoleRun
{
    private const int Fine = 0, Wrong = 1, BadUsage = 2, Interrupted = 130;

    /// <param name="run">Tells whether everything was as expected.</param>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<bool>> run, ConsoleReport report)
    {
        using var interruption = new Interruption();
        try
        {
            return await run(interruption.Token) ? Fine : Wrong;
        }
        catch (UsageException e)
        {
            report.Error(e.Message);
            return BadUsage;
        }
        catch (OperationCanceledException)
        {
            report.Error("Interrupted; everything is removed.");
            return Interrupted;
        }
        catch (LabException e)
        {
            report.Error(e.Message);
            return Wrong;
        }
    }
}
