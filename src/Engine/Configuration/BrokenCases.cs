namespace HiEndMae.Engine.Configuration;

/// <summary>What a stage does if some of its cases cannot be prepared.</summary>
public enum BrokenCases
{
    /// <summary>The stage fails before its first step, and names every broken case.</summary>
    Fail,

    /// <summary>The stage goes on without the broken cases, and names them.</summary>
    Skip,
}
