using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Verification;

/// <summary>Compares the norms of all gradients with those of a golden.</summary>
public static class GradientNorms
{
    private const string Prefix = "grad_norm.";

    /// <summary>Returns the largest deviation of all norms.</summary>
    /// <param name="golden">A golden that names its parameters as the program from which it comes.</param>
    /// <param name="parameters">Parameters of the model by their names in this program, after the backward pass.</param>
    /// <param name="tolerance">Largest allowed deviation.</param>
    /// <param name="what">Prefix of the comparison's name.</param>
    /// <exception cref="CheckpointException">The golden has the norm of a parameter that the model does not have, or no norms at all.</exception>
    public static Deviation Compare(GoldenFile golden, IEnumerable<(string Name, Parameter Value)> parameters, double tolerance, string what = "gradient norms")
    {
        IReadOnlyList<WeightRule> rules = WeightNames.From(WeightNames.Detect(golden.WeightNames));
        var byName = parameters.ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
        (string worst, double largest, int count) = ("", double.NegativeInfinity, 0);
        foreach (string name in golden.Names(Prefix))
        {
            using DisposeScope scope = NewDisposeScope();
            string own = WeightNames.Apply(rules, name[Prefix.Length..])?.Target ?? name;
            if (!byName.TryGetValue(own, out Parameter? parameter)) throw new CheckpointException($"The golden '{golden.Path}' has '{name}', but the model has no such parameter.");
            double deviation = parameter.grad is { } gradient ? golden.Deviation(name, gradient.to(ScalarType.Float64).norm()) : double.PositiveInfinity;
            if (double.IsNaN(deviation)) deviation = double.PositiveInfinity;
            if (deviation > largest) (worst, largest) = (own, deviation);
            count++;
        }
        return count > 0 ? new Deviation($"{what} of {count} parameters (worst: {worst})", largest, tolerance) : throw new CheckpointException($"The golden '{golden.Path}' has no '{Prefix}*'.");
    }

    /// <summary>Returns the parameters of a module with a prefix: encoder.norm.weight.</summary>
    public static IEnumerable<(string Name, Parameter Value)> Named(string prefix, nn.Module module) =>
        module.named_parameters().Select(entry => ($"{prefix}.{entry.name}", entry.parameter));
}
