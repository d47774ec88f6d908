using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>How cases are prepared and batches cut; none of it changes a value.</summary>
[ConfigSection]
public sealed partial record LoaderConfig
{
    /// <summary>Threads that prepare cases and cut crops ahead of the training; 0 for half the cores, at least 1 and at most 8.</summary>
    [Range(0, 256)]
    public int Workers { get; init; }

    /// <summary>Batches kept ready; 0 has the training's own thread cut each batch when it is needed.</summary>
    [Range(0, 64)]
    public int Prefetch { get; init; } = 2;

    /// <summary>Cases that cannot be prepared: fail ends the stage before its first step, skip goes on without them.</summary>
    public BrokenCases OnBroken { get; init; } = BrokenCases.Fail;

    /// <summary>Times that a case is tried again before it counts as broken.</summary>
    [Range(0, 100)]
    public int Retries { get; init; } = 1;

    /// <summary>Time after which a case that is still not prepared counts as broken.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The threads that <see cref="Workers"/> means here.</summary>
    public int WorkerThreads => Workers > 0 ? Workers : Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    partial void Check(KeyReport report)
    {
        if (Timeout <= TimeSpan.Zero) report.Error(nameof(Timeout), "must be longer than nothing");
    }
}
