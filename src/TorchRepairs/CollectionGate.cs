using System.Globalization;
using System.Runtime;

namespace HiEndMae.TorchRepairs;

/// <summary>Prevents garbage collections during a step. They happen only in <see cref="BetweenSteps"/>, on the thread that trains.</summary>
/// <remarks>
/// TorchSharp passes scalars to native code that nothing keeps alive. If an allocation of another thread starts a collection in the middle of a tensor operation, the
/// collection may free what the operation reads. Inside a gate the runtime sets memory aside (<see cref="GC.TryStartNoGCRegion(long, bool)"/>; it is address space until it
/// is written to) and collects nothing until that is used up. The gate collects and renews it in time. The allocations of all threads during one step must fit into half
/// of the budget.
/// </remarks>
public sealed class CollectionGate : IDisposable
{
    /// <summary>Memory to set aside on machines that have enough.</summary>
    public const long DefaultBudget = 2L << 30;

    private const long SmallestBudget = 32L << 20;

    // More garbage than this would only make the process larger.
    private const long MostGarbage = 256L << 20;
    private readonly Action<string> warn;
    private readonly bool isInner;
    private long budget;
    private long allocatedBefore;
    private int collectionsBefore;
    private bool isClosed;
    private bool hasWarned;

    /// <summary>Collects garbage, then prevents further collections.</summary>
    /// <param name="warn">Takes one sentence if collections cannot be prevented.</param>
    /// <param name="budgetBytes">Memory to set aside, but at most an eighth of the machine's.</param>
    public CollectionGate(Action<string> warn, long budgetBytes = DefaultBudget)
    {
        ArgumentNullException.ThrowIfNull(warn);
        this.warn = warn;
        isInner = GCSettings.LatencyMode == GCLatencyMode.NoGCRegion;
        budget = Math.Max(SmallestBudget, Math.Min(budgetBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8));
        Renew();
    }

    /// <summary>Whether collections are prevented now.</summary>
    public static bool IsClosed => GCSettings.LatencyMode == GCLatencyMode.NoGCRegion;

    /// <summary>Collects garbage if much of the budget is used. Call it when no tensor operation runs on any thread.</summary>
    /// <remarks>Takes microseconds, or some milliseconds when it collects.</remarks>
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

    /// <summary>Allows collections again, unless this gate is inside another one.</summary>
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
        warn("The runtime cannot set memory aside, so garbage collections can happen during steps; other threads should allocate nothing while a model trains.");
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
                // The runtime's regions do not allow so much, or a region exists already. Less is tried.
                if (IsClosed) return false;
            }
        }
        budget = SmallestBudget;
        return false;
    }
}
