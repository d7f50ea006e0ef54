using System.CommandLine;
using KubeProxyNext;

// What begins with '@' is no file of more arguments, to kube-proxy.
var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null };
var parsed = CommandLine.Build(TimeProvider.System).Parse(CommandLine.WithVerb(args), configuration);
return await Usage.InvokeAsync(parsed, CommandLine.Verbs).ConfigureAwait(false);
