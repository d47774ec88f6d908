using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>Reads and writes durations in configs: a number with ms, s, m, h or d.</summary>
public static class ConfigDuration
{
    private const double MostSeconds = 1e9;

    /// <summary>Reads a text such as "90s" or "1.5h".</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (!ConfigUnit.TrySplit(text, out decimal count, out string unit)) return false;
        decimal? seconds = unit switch
        {
            "ms" => 0.001m,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };
        if (seconds is null || (double)count * (double)seconds > MostSeconds) return false;
        duration = TimeSpan.FromTicks((long)(count * seconds.Value * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>Formats a duration in seconds, or in milliseconds if the seconds are not whole.</summary>
    public static string ToText(TimeSpan duration) => duration.Ticks % TimeSpan.TicksPerSecond == 0
        ? (duration.Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture) + "s"
        : ((decimal)duration.Ticks / TimeSpan.TicksPerMillisecond).ToString(CultureInfo.InvariantCulture) + "ms";
}
