namespace KubeProxyNext.EndToEnd;

/// <summary>What is attached to a node's cgroup and to those below it, as <c>bpftool</c> sees it.</summary>
internal static class CgroupPrograms
{
    public static async Task<int> CountAsync(Node node)
    {
        var listing = await node.RunAsync("bpftool", "cgroup", "tree", node.NodeCgroup);

        // A line for each cgroup, which begins with its path, and below it one for each program, which begins with its id.
        return listing.MustSucceed().Split('\n').Count(line => line.Length > 0 && char.IsAsciiDigit(line[0]));
    }
}
