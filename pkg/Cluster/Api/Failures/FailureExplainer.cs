using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using KubeProxyNext.Cluster.Api.Http;
using Microsoft.Extensions.Logging;
using Polly.Timeout;

namespace KubeProxyNext.Cluster.Api.Failures;

/// <summary>Tells from an exception what is wrong between us and the API server, and what to check.</summary>
internal static class FailureExplainer
{
    public static Problem Explain(ApiServerConfig config, string resource, Exception failure) => failure switch
    {
        ApiException e => Refusal(config, resource, e),
        ApiConfigException e => new("config", e.Message, e.Message),
        HttpRequestException e => Connection(config, e),
        TimeoutRejectedException or OperationCanceledException => new(
            "timeout", "timeout", $"The API server {config.Server} does not answer in time; check the network, and the load of the server"),
        InvalidDataException e => new(
            "undecodable", $"undecodable {resource}", $"What the API server sent for {resource} cannot be decoded: {e.Message}", LogLevel.Warning),
        TimeoutException e => new("silent", $"silent {resource}", $"Silent connection to the API server: {e.Message}", LogLevel.Information),
        IOException e => new("broken", $"broken {resource}", $"The connection to the API server broke: {e.Message}", LogLevel.Information),
        _ => new("internal", $"{resource} {failure.GetType()}", $"Unexpected failure with {resource}: {failure}"),
    };

    private static Problem Refusal(ApiServerConfig config, string resource, ApiException e) => e.Code switch
    {
        _ when e.IsGone => new(
            "gone", $"gone {resource}", $"The last known version of {resource} is gone ({e.Status.Message}), listing again", LogLevel.Information),
        HttpStatusCode.Unauthorized => new(
            "unauthorized",
            "unauthorized",
            $"The API server {config.Server} does not accept the credentials of {config.Origin} ({e.Message}); "
            + "check that the token or client certificate is of this cluster and has not expired"),
        HttpStatusCode.Forbidden => new(
            "forbidden",
            $"forbidden {resource}",
            $"The API server {config.Server} does not let {config.Origin} see {resource} ({e.Message}); "
            + "check that its ClusterRole grants list and watch on them"),
        HttpStatusCode.NotFound => new(
            "not_found", $"not found {resource}", $"There are no {resource} at {config.Server} ({e.Message}); is that a Kubernetes API server?"),
        HttpStatusCode.TooManyRequests => new(
            "throttled", "throttled", $"The API server {config.Server} is too busy ({e.Message})", LogLevel.Warning),
        _ => new("refused", $"{e.Code} {resource}", $"The API server {config.Server} refuses {resource}: {e.Message}"),
    };

    private static Problem Connection(ApiServerConfig config, HttpRequestException e)
    {
        var inner = e.GetBaseException();
        return inner switch
        {
            TlsTrustException => new("tls", inner.Message, $"The API server {config.Server} is not to be trusted: {inner.Message}"),
            _ when e.HttpRequestError == HttpRequestError.SecureConnectionError || inner is AuthenticationException => new(
                "tls", "tls " + inner.Message, $"No TLS with the API server {config.Server}: {inner.Message}; check that its port speaks https"),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => new(
                "unreachable", "dns", $"The name of the API server {config.Server} cannot be resolved ({inner.Message}); check the address and DNS"),
            SocketException socket => new(
                "unreachable",
                $"socket {socket.SocketErrorCode}",
                $"The API server {config.Server} cannot be reached ({inner.Message}); check that it runs, and the address of {config.Origin}"),
            _ => new("unreachable", "http " + e.HttpRequestError, $"The request to the API server {config.Server} failed: {e.Message} {inner.Message}"),
        };
    }
}
