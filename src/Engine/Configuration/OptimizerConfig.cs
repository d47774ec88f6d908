namespace HiEndMae.Engine.Configuration;

/// <summary>AdamW (Loshchilov and Hutter, arXiv:1711.05101).</summary>
[ConfigSection]
public sealed partial record OptimizerConfig
{
    /// <summary>Peak learning rate.</summary>
    [Range(0, 10)]
    public double Lr { get; init; } = 1e-4;

    /// <summary>Decay of the first moment.</summary>
    [Range(0, 0.999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    [Range(0, 0.999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    [Range(1e-16, 1)]
    public double Eps { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay.</summary>
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Largest gradient norm; 0 for no clipping.</summary>
    [Range(0, 1e9)]
    public double GradClip { get; init; }
}
