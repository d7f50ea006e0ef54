using KubeProxyNext;

return await Usage.InvokeAsync(CommandLine.Build(TimeProvider.System).Parse(CommandLine.WithVerb(args)), CommandLine.Verbs).ConfigureAwait(false);
