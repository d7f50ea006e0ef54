using System.Globalization;
using System.Text.Json;

namespace KubeProxyNext.Config.Kinds;

/// <summary>A number that may have a fraction.</summary>
internal sealed class FractionKind() : ValueKind<float>("number", "a number")
{
    internal override bool TryParse(string text, out float value) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);

    internal override bool IsZero(float value) => value == 0;

    internal override string Print(float value) => value.ToString(CultureInfo.InvariantCulture);

    internal override void Write(Utf8JsonWriter json, float value) => json.WriteNumberValue(value);
}
