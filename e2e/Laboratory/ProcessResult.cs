namespace KubeProxyNext.Laboratory;

/// <summary>What a finished process left: how it ended and what it printed.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">As the shell counts: 128 + n after signal n.</param>
/// <param name="Output">Standard output without trailing white space.</param>
/// <param name="Errors">Standard error without trailing white space.</param>
public sealed record ProcessResult(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>The output of a process that must have succeeded.</summary>
    /// <exception cref="LabException">It did not.</exception>
    public string MustSucceed() => ExitCode == 0 ? Output : throw new LabException(ToString());

    public override string ToString() => $"{Command}: exit code {ExitCode}\n{Output}\n{Errors}".TrimEnd();
}
