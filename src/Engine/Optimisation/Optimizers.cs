using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Creates optimisers.</summary>
public static class Optimizers
{
    /// <summary>Creates the optimiser of a config. The weights must be loaded already.</summary>
    /// <param name="config">The config.</param>
    /// <param name="groups">The parameters to train.</param>
    /// <param name="threads">Threads on CPU.</param>
    /// <param name="keepAverage">Whether a moving average of the weights is kept.</param>
    public static IOptimizer Create(OptimizerConfig config, IReadOnlyList<ParameterGroup> groups, int threads, bool keepAverage = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Kind == OptimizerKind.Sgd
            ? new Sgd(groups, new SgdOptions(config.Momentum, config.Nesterov), threads, keepAverage)
            : new AdamW(groups, new AdamWOptions(config.Beta1, config.Beta2, config.Eps) { AmsGrad = config.Amsgrad }, threads, keepAverage);
    }
}
