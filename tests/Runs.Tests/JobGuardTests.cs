using System.IO.Pipes;
using HiEndMae.Sweeps;

namespace HiEndMae.Runs.Tests;

/// <summary>One process works in a stage's folder at a time, and a job ends when its sweep ends.</summary>
public sealed class JobGuardTests : IDisposable
{
    private readonly string folder = Path.Combine(Directory.CreateTempSubdirectory("hiendmae-guard-").FullName, "stage");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);

    [Fact]
    public async Task A_second_job_waits_until_the_first_has_ended()
    {
        JobGuard first = JobGuard.Enter(folder, Stream.Null, () => { }, CancellationToken.None);
        Task<JobGuard> second = Task.Run(() => JobGuard.Enter(folder, Stream.Null, () => { }, CancellationToken.None), TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public void Waiting_can_be_cancelled()
    {
        using JobGuard first = JobGuard.Enter(folder, Stream.Null, () => { }, CancellationToken.None);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.ThrowsAny<OperationCanceledException>(() => JobGuard.Enter(folder, Stream.Null, () => { }, cancel.Token));
    }

    [Fact]
    public async Task An_input_that_ends_without_a_byte_belongs_to_no_sweep()
    {
        // As /dev/null, which batch systems give to their jobs.
        using var stopped = new SemaphoreSlim(0);
        using JobGuard guard = JobGuard.Enter(folder, Stream.Null, () => stopped.Release(), CancellationToken.None);
        Assert.False(await stopped.WaitAsync(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_end_of_the_sweep_stops_the_job()
    {
        using var stopped = new SemaphoreSlim(0);
        var sweep = new AnonymousPipeServerStream(PipeDirection.Out);
        using var input = new AnonymousPipeClientStream(PipeDirection.In, sweep.ClientSafePipeHandle);
        using JobGuard guard = JobGuard.Enter(folder, input, () => stopped.Release(), CancellationToken.None);
        sweep.WriteByte(10); // the sweep's greeting
        Assert.False(await stopped.WaitAsync(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        await sweep.DisposeAsync();
        Assert.True(await stopped.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }
}
