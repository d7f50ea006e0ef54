namespace KubeProxyNext.Laboratory;

/// <summary>A folder of manifests for <c>--source</c>, in a laboratory.</summary>
public sealed class ManifestFolder
{
    private readonly string _aside;

    /// <param name="lab">Where the folder is, and with which it goes.</param>
    /// <param name="name">Tells it from other such folders.</param>
    public ManifestFolder(Lab lab, string name = "manifests")
    {
        (Path, _aside) = ($"{lab.StateFolder}/{name}", $"{lab.StateFolder}/{name}.aside");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Writes a file whole, or replaces it, by renaming it into place: nobody reads half of it.</summary>
    public void Write(string file, string text)
    {
        File.WriteAllText(_aside, text);
        File.Move(_aside, $"{Path}/{file}", overwrite: true);
    }

    /// <summary>Writes a Service with its slices, or replaces it, in a file of its own.</summary>
    public void Apply(ServiceManifest service) => Write($"{service.Name}.yaml", service.ToString());

    /// <summary>Writes a Node, or replaces it.</summary>
    public void Apply(NodeManifest node) => Write($"node.{node.Node.Name}.yaml", node.ToString());

    /// <summary>Writes a ServiceCIDR, or replaces it.</summary>
    public void Apply(ServiceCidrManifest cidr) => Write($"cidr.{cidr.Name}.yaml", cidr.ToString());

    /// <summary>Deletes a Service with its slices.</summary>
    public void Delete(ServiceManifest service) => File.Delete($"{Path}/{service.Name}.yaml");

    /// <summary>Deletes a ServiceCIDR.</summary>
    public void Delete(ServiceCidrManifest cidr) => File.Delete($"{Path}/cidr.{cidr.Name}.yaml");
}
