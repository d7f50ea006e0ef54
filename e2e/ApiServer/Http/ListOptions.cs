using System.Globalization;
using KubeProxyNext.ApiServer.Wire;
using Microsoft.AspNetCore.Http;

namespace KubeProxyNext.ApiServer.Http;

/// <summary>The parameters of a list or a watch.</summary>
/// <param name="Limit">0 where there is none.</param>
/// <param name="ResourceVersion">Empty where there is none.</param>
internal sealed record ListOptions(
    bool Watch,
    string Labels,
    string Fields,
    int Limit,
    string Continue,
    string ResourceVersion,
    string Match,
    bool AllowBookmarks,
    bool? SendInitialEvents,
    TimeSpan? Timeout)
{
    /// <exception cref="StatusException">A parameter cannot be read.</exception>
    public static ListOptions From(IQueryCollection query)
    {
        var version = Text(query, "resourceVersion");
        if (version.Length > 0 && !Invariant.TryVersion(version, out _))
        {
            throw new StatusException(ApiStatusBody.BadRequest(
                $"resourceVersion: Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax"));
        }

        return new ListOptions(
            Flag(query, "watch") ?? false,
            Text(query, "labelSelector"),
            Text(query, "fieldSelector"),
            Number(query, "limit"),
            Text(query, "continue"),
            version,
            Text(query, "resourceVersionMatch"),
            Flag(query, "allowWatchBookmarks") ?? false,
            Flag(query, "sendInitialEvents"),
            Number(query, "timeoutSeconds") is var seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null);
    }

    /// <param name="hasStreamingLists">False for a server of before streaming lists.</param>
    /// <exception cref="StatusException">The parameters do not go together.</exception>
    public void Validate(bool hasStreamingLists)
    {
        if (Continue.Length > 0 && ResourceVersion is not ("" or "0"))
        {
            throw new StatusException(ApiStatusBody.BadRequest("specifying resource version is not allowed when using continue"));
        }

        if (Refusal(hasStreamingLists) is var (field, message))
        {
            throw new StatusException(ApiStatusBody.InvalidListOption(field, message));
        }
    }

    private (string Field, string Message)? Refusal(bool hasStreamingLists) => this switch
    {
        { Watch: false, SendInitialEvents: not null } => ("sendInitialEvents", "sendInitialEvents is forbidden for list"),
        { Watch: false, Match.Length: > 0, ResourceVersion: "" } =>
            ("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"),
        { Watch: true, SendInitialEvents: not null } when !hasStreamingLists =>
            ("sendInitialEvents", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"),
        { Watch: true, SendInitialEvents: not null, Match: not "NotOlderThan" } =>
            ("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
        { Watch: true, SendInitialEvents: null, Match.Length: > 0 } =>
            ("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"),
        _ => null,
    };

    private static string Text(IQueryCollection query, string name) => query[name].ToString();

    private static bool? Flag(IQueryCollection query, string name) => Text(query, name) switch
    {
        "" => null,
        "1" or "true" or "True" or "t" => true,
        _ => false,
    };

    private static int Number(IQueryCollection query, string name) =>
        int.TryParse(Text(query, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
