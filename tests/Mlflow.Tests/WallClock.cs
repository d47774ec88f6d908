namespace HiEndMae.Mlflow.Tests;

/// <summary>The time of day stands still unless told; waits and time limits are real.</summary>
internal sealed class WallClock : TimeProvider
{
    private long milliseconds = 1795484772000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref milliseconds));

    public void Advance(long by) => Interlocked.Add(ref milliseconds, by);
}
