using System.Globalization;
using System.Runtime;

namespace HiEndMae.TorchRepairs;

/// <summary>Prevents garbage collections while a step runs. Collections happen only in <see cref="BetweenSteps"/>, on the training thread.</summary>
/// <remarks>
/// Gap: TorchSharp passes scalars to native code without keeping them alive. If another thread's allocation starts a collection during a tensor
/// operation, the collection frees what the operation reads (a related change is dotnet/TorchSharp#1496). Shown by: CollectionGateTests. Remove it once TorchSharp keeps scalars alive during calls.
/// Inside a gate the runtime reserves memory (<see cref="GC.TryStartNoGCRegion(long, bool)"/>; it is only address space until it is written to) and
/// does not collect until that is used up. The gate collects and renews the reservation before. All threads together may allocate at most half of the budget during one step.
/// </remarks>
public sealed class CollectionGate : IDisposable
{
    /// <summary>Memory to reserve on a machine that has enough.</summary>
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

    /// <summary>Collects garbage and closes the gate.</summary>
    /// <param name="warn">Called once if collections cannot be prevented.</param>
    /// <param name="budgetBytes">Memory to reserve, at most an eighth of the machine's memory.</param>
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

    /// <summary>Collects garbage if much of the budget is used, and closes the gate again. Call it when no thread runs a tensor operation.</summary>
    /// <remarks>It takes microseconds, or some milliseconds if it collects.</remarks>
    public void BetweenSteps()
    {
        bool lost = isClosed && GC.CollectionCount(0) != collectionsBefore;
        if (lost && !hasWarned)
        {
            hasWarned = true;
            warn(string.Create(CultureInfo.InvariantCulture, $"A garbage collection ran during a step, because more than {budget >> 20} MiB were allocated in it. Wrong numbers are possible, but unlikely. Use smaller volumes or fewer loader threads to allocate less."));
        }
        if (lost || !IsClosed || GC.GetTotalAllocatedBytes(precise: false) - allocatedBefore > Math.Min(budget / 2, MostGarbage)) Renew();
    }

    /// <summary>Opens the gate, unless an outer gate is still closed.</summary>
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
        warn("The runtime cannot reserve memory, so garbage collections may run during steps. Other threads should not allocate while a model trains.");
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
                // The budget is too large for this runtime, or another region is active. Try less.
                if (IsClosed) return false;
            }
        }
        budget = SmallestBudget;
        return false;
    }
}
