using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Where prepared cases are kept.</summary>
[ConfigSection]
public sealed partial record CacheConfig
{
    /// <summary>disk: cases are prepared once for all runs and kept as .npy files; memory: cases are prepared at the start of every stage.</summary>
    public CacheKind Store { get; init; } = CacheKind.Disk;

    /// <summary>Folder of the disk cache; "auto" for .cache in the folder of runs (--out).</summary>
    [Path("auto"), NotEmpty]
    public string Dir { get; init; } = "auto";

    /// <summary>Largest size of the disk cache. Entries that were not used for longest are removed first.</summary>
    public ByteSize Limit { get; init; } = ByteSize.FromGibibytes(200);

    /// <summary>Whether the folder is chosen automatically.</summary>
    public bool IsAutomatic => Dir == "auto";

    partial void Check(KeyReport report)
    {
        if (Store == CacheKind.Memory && !IsAutomatic) report.Warning(nameof(Dir), "has no effect with store = \"memory\"");
    }
}
