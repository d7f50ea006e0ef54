namespace KubeProxyNext.Laboratory;

/// <summary>The scripts that travel inside this assembly.</summary>
internal static class Resource
{
    public static string Read(string name)
    {
        using var stream = typeof(Resource).Assembly.GetManifestResourceStream(name)
            ?? throw new LabException($"{name} is not embedded in {typeof(Resource).Assembly.GetName().Name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
