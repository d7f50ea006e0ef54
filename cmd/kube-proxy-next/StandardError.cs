namespace KubeProxyNext;

/// <summary>Standard error, which may be a file on a disk that is full: what cannot be written there is lost, and no reason to end.</summary>
internal static class StandardError
{
    /// <returns>Whether it is written.</returns>
    internal static bool TryWrite(string text)
    {
        try
        {
            Console.Error.Write(text);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Says something as this program.</summary>
    internal static void Say(string line) => TryWrite($"kube-proxy-next: {line}\n");
}
