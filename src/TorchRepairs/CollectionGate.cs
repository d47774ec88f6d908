using System.Globalization;
using System.Runtime;

namespace HiEndMae.TorchRepairs;

/// <summary>No garbage collection while a step runs: collections happen in <see cref="BetweenSteps"/>, on the thread that trains, and nowhere else.</summary>
/// <remarks>
/// TorchSharp hands native code scalars that nothing keeps alive. A collection that another thread's allocation starts in the middle of a tensor
/// operation frees what the operation reads. Inside a gate the runtime has memory set aside (<see cref="GC.TryStartNoGCRegion(long, bool)"/>,
/// address space only, until it is written to), and collects nothing until that is used up; the gate collects and renews it before.
/// What every thread allocates during one step must fit into half of the budget.
/// </remarks>
public sealed class CollectionGate : IDisposable
{
    /// <summary>Memory set aside where the machine has enough of it.</summary>
    public const long DefaultBudget = 2L << 30;

    private const long SmallestBudget = 32L << 20;

    // Garbage beyond this would only make the process look bigger.
    private const long MostGarbage = 256L << 20;
    private readonly Action<string> warn;
    private readonly bool isInner;
    private long budget;
    private long allocatedBefore;
    private int collectionsBefore;
    private bool isClosed;
    private bool hasWarned;

    /// <summary>Collects what is dead, and closes the gate.</summary>
    /// <param name="warn">Takes a sentence, once, where collections cannot be kept out.</param>
    /// <param name="budgetBytes">Memory to set aside; less where the machine has less than eight times as much.</param>
    public CollectionGate(Action<string> warn, long budgetBytes = DefaultBudget)
    {
        ArgumentNullException.ThrowIfNull(warn);
        this.warn = warn;
        isInner = GCSettings.LatencyMode == GCLatencyMode.NoGCRegion;
        budget = Math.Max(SmallestBudget, Math.Min(budgetBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8));
        Renew();
    }

    /// <summary>Whether collections are kept out now.</summary>
    public static bool IsClosed => GCSettings.LatencyMode == GCLatencyMode.NoGCRegion;

    /// <summary>To be called where no tensor operation runs on any thread: collects, if much of the budget is used, and closes the gate again.</summary>
    /// <remarks>Microseconds, unless it collects: some milliseconds then.</remarks>
    public void BetweenSteps()
    {
        bool lost = isClosed && GC.CollectionCount(0) != collectionsBefore;
        if (lost && !hasWarned)
        {
            hasWarned = true;
            warn(string.Create(CultureInfo.InvariantCulture, $"A garbage collection ran during a step, because more than {budget >> 20} MiB were allocated in it; wrong numbers are possible, if unlikely. Smaller volumes or fewer loader threads allocate less."));
        }
        if (lost || !IsClosed || GC.GetTotalAllocatedBytes(precise: false) - allocatedBefore > Math.Min(budget / 2, MostGarbage)) Renew();
    }

    /// <summary>Opens the gate, unless another one around this holds it.</summary>
    public void Dispose()
    {
        if (!isInner && IsClosed) GC.EndNoGCRegion();
        isClosed = false;
    }

    private void Renew()
    {
        if (IsClosed) GC.EndNoGCRegion();
        GC.Collect();
        isClosed = TryClose();
        allocatedBefore = GC.GetTotalAllocatedBytes(precise: false);
        collectionsBefore = GC.CollectionCount(0);
        if (isClosed || hasWarned) return;
        hasWarned = true;
        warn("The runtime cannot set memory aside, so garbage collections are not kept out of steps; other threads should allocate nothing while a model trains.");
    }

    private bool TryClose()
    {
        for (; budget >= SmallestBudget; budget /= 2)
        {
            try
            {
                if (GC.TryStartNoGCRegion(budget, disallowFullBlockingGC: true)) return true;
            }
            catch (Exception error) when (error is ArgumentOutOfRangeException or InvalidOperationException)
            {
                // More than this runtime's regions allow, or a region of somebody else: less is tried.
                if (IsClosed) return false;
            }
        }
        budget = SmallestBudget;
        return false;
    }
}
