using KubeProxyNext;

return await CommandLine.Build(TimeProvider.System).Parse(CommandLine.WithVerb(args)).InvokeAsync().ConfigureAwait(false);
