using System.Collections.Concurrent;
using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Failures;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Opens many cases, several at once as far as memory allows. A case that fails is tried again, and each one has a time limit.</summary>
/// <param name="preparer">How a case is prepared.</param>
/// <param name="cache">Where prepared cases are kept.</param>
/// <param name="loader">Threads, retries, time limit.</param>
public sealed class ParallelPreparation(CasePreparer preparer, ICaseCache cache, LoaderConfig loader)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const int MostNamed = 10;
    private readonly CaseSource source = new(preparer, cache);
    private readonly MemoryGate memory = new(loader.MemoryBytes);

    /// <summary>Opens every case.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="report">Called on the calling thread after each case, with the number of finished cases, the case's id, and the reason why it is broken (null if it is not).</param>
    /// <param name="cancel">Stops between cases and between the steps of one.</param>
    /// <returns>The prepared cases in the given order (null for a broken case), and the broken cases.</returns>
    /// <exception cref="CacheLimitException">The cache has no room for them.</exception>
    /// <exception cref="DiskFullException">The disk of the cache is full.</exception>
    public (PreparedCase?[] Prepared, IReadOnlyList<BrokenCase> Broken) Run(IReadOnlyList<DatasetCase> cases, Action<int, string, string?> report, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(report);
        var prepared = new PreparedCase?[cases.Count];
        var reasons = new string?[cases.Count];
        int next = -1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var done = new BlockingCollection<int>();
        Task[] workers = [.. Enumerable.Range(0, Math.Min(loader.WorkerThreads, cases.Count)).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task all = Task.WhenAll(workers).ContinueWith(_ => done.CompleteAdding(), TaskScheduler.Default);
        try
        {
            int count = 0;
            foreach (int index in done.GetConsumingEnumerable(CancellationToken.None)) report(++count, cases[index].Id, reasons[index]);
            all.Wait(CancellationToken.None);
            // The error of one worker stops the others, whose errors then only say that they were stopped. The first error is thrown.
            foreach (Task worker in workers.OrderBy(worker => worker.Exception?.InnerException is OperationCanceledException or null)) worker.GetAwaiter().GetResult();
            cancel.ThrowIfCancellationRequested();
        }
        catch
        {
            stop.Cancel();
            all.Wait(CancellationToken.None);
            foreach (PreparedCase? one in prepared) one?.Dispose();
            throw;
        }
        return (prepared, [.. cases.Index().Where(entry => reasons[entry.Index] is not null).Select(entry => new BrokenCase(entry.Item.Id, reasons[entry.Index]!))]);

        void Work()
        {
            int index;
            while (!stop.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < cases.Count)
            {
                try
                {
                    (prepared[index], reasons[index]) = OpenOne(cases[index], stop.Token);
                }
                catch
                {
                    stop.Cancel();
                    throw;
                }
                done.Add(index, CancellationToken.None);
            }
        }
    }

    /// <summary>A text that names broken cases with their reasons.</summary>
    public static string Describe(IReadOnlyList<BrokenCase> broken)
    {
        ArgumentNullException.ThrowIfNull(broken);
        string named = string.Join("\n  ", broken.Take(MostNamed).Select(one => $"{one.Id}: {one.Reason}"));
        string more = broken.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $"\n  and {broken.Count - MostNamed} more") : "";
        return $"{broken.Count} of the cases cannot be prepared:\n  {named}{more}";
    }

    private (PreparedCase? Prepared, string? Reason) OpenOne(DatasetCase one, CancellationToken cancel)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return (source.Open(one, PrepareInTime, mustKeep: true, out _, cancel), null);
            }
            catch (Exception error) when (IsOfCase(error))
            {
                if (attempt >= loader.Retries || error is TimeoutException) return (null, PluginFault.Of(error) is { } fault && error is not VolumeException ? $"{error.GetType().Name} in {fault.Method} of plugin '{fault.Plugin}' {fault.Version}: {error.Message}" : error.Message);
                cancel.WaitHandle.WaitOne(Pause * (attempt + 1));
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    // A full cache or a full disk does not mean that the case is broken. A failure in the code of a dataset does.
    private static bool IsOfCase(Exception error) => error is not (CacheLimitException or OperationCanceledException or OutOfMemoryException) && !DiskFullException.IsSaidBy(error)
        && (error is VolumeException or IOException or UnauthorizedAccessException or TimeoutException || PluginFault.Of(error) is not null);

    // Runs on a separate thread, because a read that never returns (from a network drive) must not block the other cases.
    private PreparedCase PrepareInTime(DatasetCase one, CancellationToken cancel)
    {
        // Before the time of the case begins to run.
        using IDisposable room = memory.Enter(preparer.EstimateBytes(one), cancel);
        var tooLate = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<PreparedCase> preparing = Task.Factory.StartNew(
            () => preparer.Prepare(one, tooLate.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([preparing], (int)Math.Min(loader.Timeout.TotalMilliseconds, int.MaxValue), cancel) == 0)
        {
            tooLate.Dispose();
            return preparing.GetAwaiter().GetResult();
        }
        tooLate.Cancel();
        throw new TimeoutException($"Case '{one.Id}' was not prepared within {loader.Timeout.TotalSeconds:0.#} s (loader.timeout).");
    }
}
