using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>AdamW (Loshchilov and Hutter, arXiv:1711.05101) or SGD with momentum.</summary>
[ConfigSection]
public sealed partial record OptimizerConfig
{
    /// <summary>adamw, or sgd: gradient descent with momentum.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Adamw;

    /// <summary>Peak learning rate.</summary>
    [Range(0, 10)]
    public double Lr { get; init; } = 1e-4;

    /// <summary>Decay of the first moment.</summary>
    [Range(0, 0.999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    [Range(0, 0.999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Momentum of sgd.</summary>
    [Range(0, 0.999999)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Whether sgd uses Nesterov momentum.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Added to the square root of the second moment.</summary>
    [Range(1e-16, 1)]
    public double Eps { get; init; } = 1e-8;

    /// <summary>Whether adamw divides by the root of the largest second moment so far (AMSGrad), as VoCo does.</summary>
    public bool Amsgrad { get; init; }

    /// <summary>Decoupled weight decay.</summary>
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Weight decay of the last step: half a cosine leads there from weight_decay. Left out, weight_decay does not change.</summary>
    [Range(0, 1)]
    public double? WeightDecayEnd { get; init; }

    /// <summary>The tensors that weight decay acts on: matrices (not biases, norms, tokens and position embeddings), or all, as in the official code.</summary>
    public DecayedParameters DecayOn { get; init; } = DecayedParameters.Matrices;

    /// <summary>Decay of the moving average of the weights, such as 0.999. Evaluation and later stages then use the average. 0 for no average.</summary>
    [Range(0, 0.9999999)]
    public double EmaDecay { get; init; }

    /// <summary>Largest gradient norm; 0 for no clipping.</summary>
    [Range(0, 1e9)]
    public double GradClip { get; init; }

    /// <summary>Largest norm of the gradient of each parameter, which is clipped by itself; 0 for no clipping. UniMiSS clips so, at 0.3.</summary>
    [Range(0, 1e9)]
    public double ParameterClip { get; init; }

    // Resolved files give every key, so a key at its default does not count as chosen.
    partial void Check(KeyReport report)
    {
        if (WeightDecayEnd is not null && WeightDecay == 0) report.Error(nameof(WeightDecayEnd), "needs a weight_decay above 0 to start from");
        if (ParameterClip > 0 && GradClip > 0) report.Error(nameof(ParameterClip), "cannot be combined with 'grad_clip'; give only one of them");
        const string OfAdamW = "has no effect with kind = \"sgd\"", OfSgd = "has no effect with kind = \"adamw\"";
        if (Kind == OptimizerKind.Adamw)
        {
            if (Momentum != 0.99) report.Warning(nameof(Momentum), OfSgd);
            if (!Nesterov) report.Warning(nameof(Nesterov), OfSgd);
        }
        else
        {
            if (Amsgrad) report.Warning(nameof(Amsgrad), OfAdamW);
            if (Beta1 != 0.9) report.Warning(nameof(Beta1), OfAdamW);
            if (Beta2 != 0.999) report.Warning(nameof(Beta2), OfAdamW);
            if (Eps != 1e-8) report.Warning(nameof(Eps), OfAdamW);
        }
    }
}
