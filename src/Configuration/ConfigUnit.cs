using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>A number with a unit behind it.</summary>
internal static class ConfigUnit
{
    /// <summary>"1.5h" to 1.5 and "h"; false where there is no such number. A sign is no part of it.</summary>
    public static bool TrySplit(string text, out decimal count, out string unit)
    {
        int digits = 0;
        while (digits < text.Length && (text[digits] is (>= '0' and <= '9') or '.')) digits++;
        unit = text.Substring(digits).Trim();
        // Longer ones are no count of anything, and would not fit the decimal.
        const int mostDigits = 20;
        count = 0;
        return digits <= mostDigits && decimal.TryParse(text.Substring(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out count);
    }
}
