namespace HiEndMae.Nn;

/// <summary>What a MedNeXt block does to sizes.</summary>
public enum MedNextStep
{
    /// <summary>Keeps them.</summary>
    Keep,

    /// <summary>Halves them.</summary>
    Down,

    /// <summary>Doubles them.</summary>
    Up,
}
