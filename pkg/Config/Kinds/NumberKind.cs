using System.Globalization;
using System.Text.Json;

namespace KubeProxyNext.Config.Kinds;

/// <summary>A whole number of 32 bits.</summary>
internal sealed class NumberKind() : ValueKind<int>("number", "a number")
{
    internal override bool IsSaidByRules => true;

    internal override bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    internal override bool IsZero(int value) => value == 0;

    internal override string Print(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal override void Write(Utf8JsonWriter json, int value) => json.WriteNumberValue(value);
}
