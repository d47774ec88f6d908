using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Where prepared cases are kept.</summary>
[ConfigSection]
public sealed partial record CacheConfig
{
    /// <summary>Disk: prepared once for every run, as .npy files; memory: prepared at the start of every stage.</summary>
    public CacheStore Store { get; init; } = CacheStore.Disk;

    /// <summary>Folder of the disk cache; "auto" for .cache beside the runs (--out).</summary>
    [Path("auto"), NotEmpty]
    public string Dir { get; init; } = "auto";

    /// <summary>Largest size of the disk cache; what was not used for longest is removed.</summary>
    public ByteSize Limit { get; init; } = ByteSize.FromGibibytes(200);

    /// <summary>Whether the folder is not named.</summary>
    public bool IsAutomatic => Dir == "auto";

    partial void Check(KeyReport report)
    {
        if (Store == CacheStore.Memory && !IsAutomatic) report.Warning(nameof(Dir), "has no effect with store = \"memory\"");
    }
}
