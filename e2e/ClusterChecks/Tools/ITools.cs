using KubeProxyNext.Laboratory;

namespace KubeProxyNext.ClusterChecks.Tools;

/// <summary>The programs of this machine that a run uses, or a stand-in that only says what they would be asked.</summary>
internal interface ITools
{
    /// <summary>Whether there is a program of that name.</summary>
    bool Has(string program);

    /// <summary>Runs a command to its end, whatever that is.</summary>
    /// <exception cref="LabException">It took too long.</exception>
    Task<ProcessResult> TryAsync(ToolCall call, CancellationToken cancellation);

    void MakeFolder(string path);

    void Write(string path, string text);
}
