using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Optimisation;
using TorchSharp.Modules;

namespace HiEndMae.Engine.Training;

/// <summary>Groups parameters that share a learning rate and a weight decay.</summary>
public static class ParameterGrouping
{
    /// <summary>The groups, in the order of their first parameter.</summary>
    /// <param name="objective">The parameters, and their factors on the learning rate.</param>
    /// <param name="config">Weight decay, and what it acts on.</param>
    public static IReadOnlyList<ParameterGroup> Of(IObjective objective, OptimizerConfig config)
    {
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(config);
        return [.. objective.Parameters
            .GroupBy(parameter => (Scale: objective.LrScaleOf(parameter.Name), Decay: Decays(parameter.Name, parameter.Value, config.DecayOn) ? config.WeightDecay : 0))
            .Select(group => new ParameterGroup([.. group], group.Key.Scale, group.Key.Decay))];
    }

    private static bool Decays(string name, Parameter value, DecayedParameters on)
    {
        if (on == DecayedParameters.All) return true;
        // Biases, norms, class and mask tokens: only one of their axes is longer than 1.
        bool isVector = value.shape.Count(edge => edge > 1) <= 1;
        bool isPosition = name.Contains("pos_embed", StringComparison.Ordinal) || name.Contains("position", StringComparison.Ordinal);
        return !isVector && !isPosition;
    }
}
