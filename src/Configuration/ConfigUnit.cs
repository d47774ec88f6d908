using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>Splits a number with a unit.</summary>
internal static class ConfigUnit
{
    /// <summary>Splits "1.5h" into 1.5 and "h". Returns false if the text does not begin with a number; signs are not allowed.</summary>
    public static bool TrySplit(string text, out decimal count, out string unit)
    {
        int digits = 0;
        while (digits < text.Length && (text[digits] is (>= '0' and <= '9') or '.')) digits++;
        unit = text.Substring(digits).Trim();
        // More digits than this would not fit into a decimal.
        const int mostDigits = 20;
        count = 0;
        return digits <= mostDigits && decimal.TryParse(text.Substring(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out count);
    }
}
