using System.Collections.Concurrent;
using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data;

/// <summary>Prepares the cases of a stage that its storage does not have yet: several at once, each tried again where it fails, each with a limit of time.</summary>
/// <param name="preparer">How a case is prepared.</param>
/// <param name="numClasses">Classes that labels may have.</param>
/// <param name="storage">Where they are kept.</param>
/// <param name="loader">Threads, retries, time.</param>
public sealed class CasePreparation(CasePreparer preparer, int numClasses, ICaseStorage storage, LoaderConfig loader)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private const int MostNamed = 10;

    /// <summary>Prepares every case.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="report">Takes each case as it is done, on the calling thread: cases done, the last one's id, and why it is broken, or null.</param>
    /// <param name="cancel">Stops between cases and between the steps of one.</param>
    /// <returns>Prepared cases in the given order, null where one is broken, and the broken ones.</returns>
    /// <exception cref="CacheLimitException">There is no room for them.</exception>
    public (StoredCase?[] Stored, IReadOnlyList<BrokenCase> Broken) Run(IReadOnlyList<DatasetCase> cases, Action<int, string, string?> report, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(report);
        var stored = new StoredCase?[cases.Count];
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
            // One worker's error stops the others: what they say then is only that they were stopped.
            foreach (Task worker in workers.OrderBy(worker => worker.Exception?.InnerException is OperationCanceledException or null)) worker.GetAwaiter().GetResult();
            cancel.ThrowIfCancellationRequested();
        }
        catch
        {
            stop.Cancel();
            all.Wait(CancellationToken.None);
            foreach (StoredCase? one in stored) one?.Dispose();
            throw;
        }
        return (stored, [.. cases.Index().Where(entry => reasons[entry.Index] is not null).Select(entry => new BrokenCase(entry.Item.Id, reasons[entry.Index]!))]);

        void Work()
        {
            int index;
            while (!stop.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < cases.Count)
            {
                try
                {
                    (stored[index], reasons[index]) = PrepareOne(cases[index], stop.Token);
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

    /// <summary>One sentence that names broken cases with their reasons.</summary>
    public static string Describe(IReadOnlyList<BrokenCase> broken)
    {
        ArgumentNullException.ThrowIfNull(broken);
        string named = string.Join("\n  ", broken.Take(MostNamed).Select(one => $"{one.Id}: {one.Reason}"));
        string more = broken.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $"\n  and {broken.Count - MostNamed} more") : "";
        return $"{broken.Count} of the cases cannot be prepared:\n  {named}{more}";
    }

    private (StoredCase? Stored, string? Reason) PrepareOne(DatasetCase source, CancellationToken cancel)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                if (storage.Find(source, preparer.Description + $"; classes {numClasses}") is { } found) return (found, null);
                return (storage.Keep(source, preparer.Description + $"; classes {numClasses}", Pack(source, cancel)), null);
            }
            catch (Exception error) when (error is VolumeException or IOException and not CacheLimitException or UnauthorizedAccessException or TimeoutException)
            {
                if (attempt >= loader.Retries || error is TimeoutException) return (null, error.Message);
                cancel.WaitHandle.WaitOne(Pause * (attempt + 1));
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    // On a thread of its own: a read that never returns (a network drive) must not hold the others up.
    private PackedCase Pack(DatasetCase source, CancellationToken cancel)
    {
        var tooLate = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<PackedCase> packing = Task.Factory.StartNew(
            () => PackedCase.Of(preparer.Prepare(source, tooLate.Token), numClasses), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([packing], (int)Math.Min(loader.Timeout.TotalMilliseconds, int.MaxValue), cancel) == 0)
        {
            tooLate.Dispose();
            return packing.GetAwaiter().GetResult();
        }
        tooLate.Cancel();
        throw new TimeoutException($"Case '{source.Id}' was not prepared within {loader.Timeout.TotalSeconds:0.#} s (loader.timeout).");
    }
}
