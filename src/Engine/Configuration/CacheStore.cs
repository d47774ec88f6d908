namespace HiEndMae.Engine.Configuration;

/// <summary>Where prepared cases are kept.</summary>
public enum CacheStore
{
    /// <summary>In a folder that runs share; read by mapping.</summary>
    Disk,

    /// <summary>In memory, for as long as a stage runs.</summary>
    Memory,
}
