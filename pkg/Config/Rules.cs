using System.Globalization;
using System.Net;
using KubeProxyNext.Model;

namespace KubeProxyNext.Config;

/// <summary>What values must be, for the table of settings.</summary>
internal static class Rules
{
    private const int LeastMaglevTable = 251;
    private const int LargestMaglevTable = 131_071;
    private const int LargestMap = 1 << 24;

    internal static Rule<TimeSpan> NotNegative { get; } = new("a duration that is not negative", value => value >= TimeSpan.Zero);

    internal static Rule<TimeSpan> Positive { get; } = new("a duration that is greater than 0", value => value > TimeSpan.Zero);

    /// <summary>For a timer, which takes 49 days at most.</summary>
    internal static Rule<TimeSpan> NeverOrInterval { get; } = new(
        "0, or a duration from 1s to 1000h", value => value == TimeSpan.Zero || (value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromHours(1000)));

    internal static Rule<string> Ip { get; } = new("an IP address", value => IpAddress.TryParse(value, out _));

    internal static Rule<string> BindAddress { get; } = new(
        "an IP address, with or without a port from 1 to 65535", value => value.Length == 0 || BindAddresses.TryParse(value, 1, out _));

    internal static Rule<int> Port { get; } = Between(0, IPEndPoint.MaxPort);

    internal static Rule<int> Prime { get; } = new(
        $"a prime from {LeastMaglevTable} to {LargestMaglevTable}", value => value is >= LeastMaglevTable and <= LargestMaglevTable && IsPrime(value));

    internal static Rule<int> Capacity { get; } = Between(1, LargestMap);

    internal static Rule<int> CapacityOrNone { get; } = Between(0, LargestMap);

    internal static Rule<ValueArray<string>> NodePortAddresses { get; } = new(
        "CIDRs, or 'primary' alone", value => value is ["primary"] || value.All(item => IpNetwork.TryParse(item, out _)));

    internal static Rule<ValueArray<string>> Networks { get; } = new(
        "CIDRs like 203.0.113.0/24, with commas", value => value.All(item => IpNetwork.TryParse(item, out _)));

    internal static Rule<string> NotBlank { get; } = new("empty or a name, not blank", value => value.Length == 0 || !string.IsNullOrWhiteSpace(value));

    internal static Rule<int> AtLeast(int least) => new(string.Create(CultureInfo.InvariantCulture, $"a number from {least}"), value => value >= least);

    internal static Rule<int> Between(int least, int most) =>
        new(string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), value => value >= least && value <= most);

    internal static Rule<string> OneOf(params string[] words) =>
        new(string.Join(", ", words[..^1]) + $" or {words[^1]}", value => value.Length == 0 || words.Contains(value));

    private static bool IsPrime(int number)
    {
        for (var divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }
}
