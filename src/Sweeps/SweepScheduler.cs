using HiEndMae.Configuration.Shared;

namespace HiEndMae.Sweeps;

/// <summary>Runs the stages of a sweep, one per slot at a time, each after the stage from which it starts.</summary>
/// <param name="store">The store of stages.</param>
/// <param name="start">Starts the process of a stage in a slot.</param>
/// <param name="changed">Called after every change with the running jobs.</param>
internal sealed class SweepScheduler(StageStore store, Func<SweepStage, JobSlot, StageJob> start, Action<IReadOnlyCollection<IRunningStage>> changed)
{
    private static readonly TimeSpan NewsEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs every stage that can run. A failed stage blocks only the stages that start from it.</summary>
    /// <param name="stages">Stages, each after the one from which it starts.</param>
    /// <param name="slots">At least one slot.</param>
    /// <param name="cancel">Requests that every running job saves a checkpoint and ends.</param>
    /// <exception cref="OperationCanceledException">The sweep was stopped, and every job has ended.</exception>
    public async Task RunAsync(IReadOnlyList<SweepStage> stages, IReadOnlyList<JobSlot> slots, CancellationToken cancel)
    {
        var waiting = stages.Where(stage => store.StatusOf(stage) is StageStatus.Missing or StageStatus.Unfinished).ToList();
        var free = new Stack<JobSlot>(slots.Reverse());
        var running = new Dictionary<Task<(int Code, string Error)>, (StageJob Job, JobSlot Slot)>();
        using CancellationTokenRegistration stop = cancel.Register(() =>
        {
            lock (running)
            {
                foreach ((StageJob job, _) in running.Values) job.Stop();
            }
        });
        while (true)
        {
            while (free.Count > 0 && !cancel.IsCancellationRequested && waiting.FirstOrDefault(IsReady) is { } next)
            {
                waiting.Remove(next);
                JobSlot slot = free.Pop();
                StageJob job = start(next, slot);
                lock (running) running[job.WaitAsync()] = (job, slot);
                if (cancel.IsCancellationRequested) job.Stop();
            }
            changed([.. running.Values.Select(one => one.Job)]);
            if (running.Count == 0) break;
            Task ended = await Task.WhenAny([.. running.Keys, Task.Delay(NewsEvery, CancellationToken.None)]);
            if (ended is not Task<(int Code, string Error)> finished) continue;
            (StageJob done, JobSlot place) = running[finished];
            lock (running) running.Remove(finished);
            free.Push(place);
            End(done, await finished, cancel.IsCancellationRequested);
        }
        cancel.ThrowIfCancellationRequested();
    }

    private bool IsReady(SweepStage stage) => stage.Before is not { } before || store.StatusOf(before) == StageStatus.Done;

    private void End(StageJob job, (int Code, string Error) end, bool stopped)
    {
        using (job)
        {
            // A job that was stopped, by the sweep or by its own time budget, continues next time.
            if (stopped || end.Code == ExitCodes.Interrupted || store.StatusOf(job.Stage) == StageStatus.Done) return;
            store.Fail(job.Stage, FormattableString.Invariant($"exit code {end.Code}: {(end.Error.Length > 0 ? end.Error : "no message")}"));
        }
    }
}
