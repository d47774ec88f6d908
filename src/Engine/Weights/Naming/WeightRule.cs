using System.Text.RegularExpressions;

namespace HiEndMae.Engine.Weights.Naming;

/// <summary>Maps tensors of a source format to those of the model.</summary>
/// <param name="Pattern">Matches the whole name in the source.</param>
/// <param name="Target">This program's name, with groups of the pattern; null if the tensor is not used.</param>
/// <param name="Why">Reason in reports for a tensor that is not used.</param>
public sealed record WeightRule(Regex Pattern, string? Target, string Why = "")
{
    /// <summary>Changes a name before it is matched; null for no change.</summary>
    public Func<string, string>? Clean { get; init; }

    /// <summary>Reason in reports if a tensor has another shape, such as an output layer for other classes. The model's tensor then stays freshly initialised. Null if another shape is an error.</summary>
    public string? FreshWhenDifferent { get; init; }

    /// <summary>Reason in reports if the model does not have the tensor; null if that is an error.</summary>
    public string? UnusedWhenAbsent { get; init; }

    /// <summary>Converts a tensor of another shape to the model's; null if that is not possible.</summary>
    public WeightFit? Fit { get; init; }

    /// <summary>A rule from a name to a name.</summary>
    /// <param name="pattern">Regular expression for the whole name.</param>
    /// <param name="target">The name that it becomes.</param>
    public static WeightRule Of(string pattern, string target) => new(Whole(pattern), target);

    /// <summary>A rule for tensors that are not used.</summary>
    /// <param name="pattern">Regular expression for the whole name.</param>
    /// <param name="why">The reason.</param>
    public static WeightRule Unused(string pattern, string why) => new(Whole(pattern), null, why);

    /// <summary>Whether the rule is for a name, and the name that it gives.</summary>
    /// <param name="name">In the source.</param>
    /// <param name="target">The name here; null if the tensor is not used.</param>
    public bool Matches(string name, out string? target)
    {
        ArgumentNullException.ThrowIfNull(name);
        Match match = Pattern.Match(Clean is null ? name : Clean(name));
        target = match.Success && Target is not null ? match.Result(Target) : null;
        return match.Success;
    }

    private static Regex Whole(string pattern) => new($"^(?:{pattern})$", RegexOptions.CultureInvariant);
}
