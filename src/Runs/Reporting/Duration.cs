using System.Globalization;

namespace HiEndMae.Runs.Reporting;

/// <summary>Formats durations for people.</summary>
internal static class Duration
{
    /// <summary>Formats hours, minutes and seconds, such as 0:02:23 or 31:00:05.</summary>
    public static string Text(TimeSpan time)
    {
        TimeSpan rounded = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return string.Create(CultureInfo.InvariantCulture, $"{(long)rounded.TotalHours}:{rounded:mm\\:ss}");
    }
}
