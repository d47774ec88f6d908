using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Threads and error handling of preparation and loading. These keys change no value.</summary>
[ConfigSection]
public sealed partial record LoaderConfig
{
    private const string Automatic = "auto";

    /// <summary>Threads that prepare cases, and that cut crops ahead of the training; 0 for half the cores, but at least 1 and at most 8.</summary>
    [Range(0, 256)]
    public int Workers { get; init; }

    /// <summary>Number of batches that are kept ready. With 0 the training's own thread cuts each batch when it is needed.</summary>
    [Range(0, 64)]
    public int Prefetch { get; init; } = 2;

    /// <summary>What happens if cases cannot be prepared: fail ends the stage before its first step; skip goes on without them.</summary>
    public BrokenCases OnBroken { get; init; } = BrokenCases.Fail;

    /// <summary>Number of times that the preparation of a case is repeated before the case counts as broken.</summary>
    [Range(0, 100)]
    public int Retries { get; init; } = 1;

    /// <summary>Time after which a case that is not prepared counts as broken.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Memory that the preparation of cases may take, such as "8GiB"; threads wait for room. "auto" for half of what the machine has.</summary>
    public string Memory { get; init; } = Automatic;

    /// <summary>Bytes that the preparation may take on this machine.</summary>
    public long MemoryBytes => Memory == Automatic || !ByteSize.TryParse(Memory, out ByteSize size) ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 : size.Bytes;

    /// <summary>Number of threads on this machine.</summary>
    public int WorkerThreads => Workers > 0 ? Workers : Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    partial void Check(KeyReport report)
    {
        if (Memory != Automatic && !ByteSize.TryParse(Memory, out _)) report.Error(nameof(Memory), "must be \"auto\" or an amount such as \"8GiB\"");
        if (Timeout <= TimeSpan.Zero) report.Error(nameof(Timeout), "must be longer than 0 s");
    }
}
