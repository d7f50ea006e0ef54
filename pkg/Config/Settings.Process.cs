using System.Collections.Immutable;
using KubeProxyNext.Config.Kinds;

namespace KubeProxyNext.Config;

/// <content>What the process is to do, and as whom it talks to the cluster.</content>
public static partial class Settings
{
    public static readonly Setting<string> ConfigFile = new(new TextKind("file"), "")
    {
        Flag = "config",
        IsBesideFile = true,
        Description = "File with a KubeProxyConfiguration. Flags of settings that it can have do not count then, save --hostname-override and those of the log; the process ends when it is changed, to be started with what it says then",
    };

    public static readonly Setting<string> WriteConfigTo = new(new TextKind("file"), "")
    {
        Flag = "write-config-to",
        IsBesideFile = true,
        Description = "Writes the configuration in force to this file, and exits",
    };

    public static readonly Setting<bool> Cleanup = new(new SwitchKind(), false)
    {
        Flag = "cleanup",
        IsBesideFile = true,
        Description = "Detaches all programs, removes all that is pinned, and exits, as the verb cleanup does",
    };

    public static readonly Setting<bool> InitOnly = new(new SwitchKind(), false)
    {
        Flag = "init-only",
        IsBesideFile = true,
        Description = "Does what needs a privileged process, which is to mount bpffs and cgroup2 where they are not, and exits",
    };

    public static readonly Setting<bool> Version = new(new SwitchKind(alsoTrue: "raw"), false)
    {
        Flag = "version",
        IsBesideFile = true,
        Description = "Prints the version, which is our own and not one of Kubernetes, and exits",
    };

    public static readonly Setting<string> Master = new(new TextKind("url"), "")
    {
        Flag = "master",
        IsBesideFile = true,
        Description = "API server that stands in for the kubeconfig's",
    };

    public static readonly Setting<string> KubeConfig = new(new TextKind("file"), "")
    {
        Flag = "kubeconfig",
        Field = "clientConnection.kubeconfig",
        Description = "A kubeconfig; without it KUBECONFIG or, in a pod, the service account is used",
    };

    public static readonly Setting<float> Qps = new(new FractionKind(), 5)
    {
        Flag = "kube-api-qps",
        Field = "clientConnection.qps",
        IsZeroUnset = true,
        Description = "Requests a second to the API server, after the first --kube-api-burst; further pages of a list do not count. Less than 0: as many as there are",
    };

    public static readonly Setting<int> Burst = new(new NumberKind(), 10)
    {
        Flag = "kube-api-burst",
        Field = "clientConnection.burst",
        IsZeroUnset = true,
        Rule = Rules.AtLeast(0),
        Description = "Requests to the API server that may follow each other at once",
    };

    public static readonly Setting<string> HostnameOverride = new(new TextKind("name"), "")
    {
        Flag = "hostname-override",
        Field = "hostnameOverride",
        IsBesideFile = true,
        Rule = Rules.NotBlank,
        Description = "Name of this node, which the host's stands in for",
    };

    public static readonly Setting<ImmutableSortedDictionary<string, bool>> FeatureGates = new(new GatesKind(), GatesKind.None)
    {
        Flag = "feature-gates",
        Field = "featureGates",
        Description = $"Features of Kubernetes that are on or off. {AllowServiceExternalIPs}=false serves no external IPs; all others do nothing here, whether Kubernetes knows them or not",
    };

    public static readonly Setting<int> OomScoreAdj = new(new NumberKind(), -999)
    {
        Flag = "oom-score-adj",
        Field = "oomScoreAdj",
        Rule = Rules.Between(-1000, 1000),
        Description = "How ready the kernel is to kill the process where memory is short; that it cannot be set is logged",
    };

    /// <summary>The one feature gate that means something.</summary>
    public const string AllowServiceExternalIPs = "AllowServiceExternalIPs";

    private static Setting[] Process => [ConfigFile, WriteConfigTo, Cleanup, InitOnly, Version, HostnameOverride, OomScoreAdj, FeatureGates];

    private static Setting[] Client =>
    [
        KubeConfig, Master, Qps, Burst,
        new Setting<string>(new TextKind("type"), "application/vnd.kubernetes.protobuf")
        {
            Flag = "kube-api-content-type",
            Field = "clientConnection.contentType",
            IsZeroUnset = true,
            Meaning = Meaning.Ignored,
            Description = "Content type of requests: what the API server has is asked for, protobuf or JSON",
        },
        new Setting<string>(new TextKind("types"), "")
        {
            Field = "clientConnection.acceptContentTypes",
            Meaning = Meaning.Ignored,
            Description = "Content types of answers: protobuf and JSON are taken",
        },
        new Setting<TimeSpan>(new DurationKind(), TimeSpan.FromMinutes(15))
        {
            Flag = "config-sync-period",
            Field = "configSyncPeriod",
            IsZeroUnset = true,
            Rule = Rules.Positive,
            Meaning = Meaning.Ignored,
            Description = "How often all that the API server said is gone through again: nothing is missed that would be found so",
        },
    ];
}
