namespace HiEndMae.Engine.Data.Loading;

/// <summary>Gives batches by step. A batch depends only on the seed and the step, so that a resumed run sees what the interrupted one would have seen.</summary>
public interface IBatchSource : IDisposable
{
    /// <summary>Crops B of a batch.</summary>
    int BatchSize { get; }

    /// <summary>Total time that callers of <see cref="Get"/> have waited for batches.</summary>
    TimeSpan DataWait { get; }

    /// <summary>The batch of a step. It is valid until the next call. Asking for steps in order is fast; any other step restarts the prefetching.</summary>
    CropBatch Get(int step);

    /// <summary>The ids of the cases that the crops of a step are cut from, one per crop, in the order of the batch.</summary>
    IReadOnlyList<string> CasesOf(int step);
}
