using System.Text;

namespace KubeProxyNext.Config;

/// <summary>The tables of docs/configuration.md.</summary>
public static class ConfigurationDocument
{
    /// <summary>Settings with a meaning, those without, and our own.</summary>
    public static string Tables()
    {
        var text = new StringBuilder();
        Append(text, "kube-proxy's, with a meaning", Settings.OfKubeProxy.Where(setting => setting.Meaning == Meaning.Effective));
        Append(text, "Our own", Settings.Own);
        Append(text, "kube-proxy's, without a meaning", Settings.OfKubeProxy.Where(setting => setting.Meaning == Meaning.Ignored));
        Append(text, "Taken without a word", Settings.OfKubeProxy.Where(setting => setting.Meaning == Meaning.Void));
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, IEnumerable<Setting> settings)
    {
        text.Append("\n## ").Append(title).Append("\n\n| flag | field | default | |\n|---|---|---|---|\n");
        foreach (var setting in settings)
        {
            var flag = setting.Flag is null ? "" : $"`--{setting.Flag}`";
            var field = setting.Field is null ? "" : $"`{setting.Field}`";
            var initial = setting.DefaultText.Length == 0 ? "" : $"`{setting.DefaultText}`";
            var description = setting.Description.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {flag} | {field} | {initial} | {description} |\n");
        }
    }
}
