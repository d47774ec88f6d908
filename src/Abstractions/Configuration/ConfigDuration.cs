using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>Lengths of time as configs write them: a number and ms, s, m, h or d.</summary>
public static class ConfigDuration
{
    /// <summary>Reads "90s", "1.5h" and so on.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = default;
        int digits = 0;
        while (digits < text.Length && (char.IsDigit(text[digits]) || text[digits] == '.')) digits++;
        if (!double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)) return false;
        double? seconds = text[digits..].Trim() switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };
        if (seconds is null || count * seconds > 1e9) return false;
        duration = TimeSpan.FromSeconds(count * seconds.Value);
        return true;
    }

    /// <summary>Seconds, or milliseconds where they are not whole.</summary>
    public static string ToText(TimeSpan duration) => duration.TotalSeconds == Math.Floor(duration.TotalSeconds)
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
}
