

using HiEndMae.Runs.Reporting;

namespace HiEndMae.Host.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData(0, "0:00:00")]
    [InlineData(9.6, "0:00:10")]
    [InlineData(143, "0:02:23")]
    [InlineData(3599.7, "1:00:00")]
    [InlineData((31 * 3600) + 5, "31:00:05")]
    public void Durations_of_several_hours_show_the_hours(double seconds, string expected) => Assert.Equal(expected, Duration.Text(TimeSpan.FromSeconds(seconds)));
}
