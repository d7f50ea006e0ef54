namespace KubeProxyNext.Laboratory;

/// <summary>Finds the published program that the laboratory runs.</summary>
public static class Binary
{
    /// <summary>The environment variable that names another binary than the one in <c>out/</c>.</summary>
    public const string Variable = "KPN_BINARY";

    /// <summary>The path of the program.</summary>
    /// <exception cref="LabException">It is not there; the message says how to get it.</exception>
    public static string Path
    {
        get
        {
            var path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
                ? named
                : System.IO.Path.Combine(RepositoryRoot, "out", "kube-proxy-next");
            return File.Exists(path) ? path : throw new LabException($"{path} is not there: run `make build` first, or set {Variable}");
        }
    }

    /// <summary>The folder of the sources, found upwards from where this program lies.</summary>
    /// <exception cref="LabException">The program was moved out of it.</exception>
    public static string RepositoryRoot
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "KubeProxyNext.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new LabException($"{AppContext.BaseDirectory} is not inside the repository");
        }
    }
}
