namespace HiEndMae.Engine.Data;

/// <summary>Batches by step: what a step sees depends on the seed and the step alone, so a resumed run sees what the killed one would have seen.</summary>
public interface IBatchSource : IDisposable
{
    /// <summary>B: crops in a batch.</summary>
    int BatchSize { get; }

    /// <summary>Time that callers of <see cref="Get"/> have waited for batches, in all: the trainer logs what it grew by.</summary>
    TimeSpan DataWait { get; }

    /// <summary>The batch of a step, valid until the next one is asked for. Steps are best asked for in order: others begin the prefetching anew.</summary>
    CropBatch Get(int step);

    /// <summary>The cases that a step's crops are cut from, in the order of the batch: one id per crop. For reports of bad batches.</summary>
    IReadOnlyList<string> CasesOf(int step);
}
