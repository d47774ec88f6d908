namespace HiEndMae.Engine.Configuration;

/// <summary>What becomes of a stage with cases that cannot be prepared.</summary>
public enum BrokenCases
{
    /// <summary>It does not begin; every broken case is named.</summary>
    Fail,

    /// <summary>It goes on without them; every broken case is named.</summary>
    Skip,
}
