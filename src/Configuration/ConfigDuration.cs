using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>Lengths of time as configs write them: a number and ms, s, m, h or d.</summary>
public static class ConfigDuration
{
    private const double MostSeconds = 1e9;

    /// <summary>Reads "90s", "1.5h" and so on.</summary>
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

    /// <summary>Seconds, or milliseconds where they are not whole.</summary>
    public static string ToText(TimeSpan duration) => duration.Ticks % TimeSpan.TicksPerSecond == 0
        ? (duration.Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture) + "s"
        : ((decimal)duration.Ticks / TimeSpan.TicksPerMillisecond).ToString(CultureInfo.InvariantCulture) + "ms";
}
