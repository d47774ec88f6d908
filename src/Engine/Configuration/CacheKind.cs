namespace HiEndMae.Engine.Configuration;

/// <summary>Where prepared cases are kept.</summary>
public enum CacheKind
{
    /// <summary>In a folder that runs share. The files are mapped into memory.</summary>
    Disk,

    /// <summary>In memory, for as long as a stage runs.</summary>
    Memory,
}
