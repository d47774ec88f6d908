using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Naming;

/// <summary>Names of weights in another program, declared: which goes where, and which is not used.</summary>
/// <param name="Name">As <c>convert --names</c> and <c>inspect</c> have it.</param>
/// <param name="Title">Whose names they are.</param>
/// <param name="Matches">Whether the names of a file are these.</param>
/// <param name="From">From its names to this program's. Where several rules fit a name, the first whose target the model has counts.</param>
/// <param name="To">From this program's names to its; null where nothing is written so.</param>
public sealed record WeightFormat(string Name, string Title, Func<IReadOnlyCollection<string>, bool> Matches, IReadOnlyList<WeightRule> From, IReadOnlyList<WeightRule>? To)
{
    /// <summary>Tensors of the model that a file of this format need not hold, by their names here, with the reason.</summary>
    public IReadOnlyList<(Regex Pattern, string Why)> MayBeFresh { get; init; } = [];

    /// <summary>Adds tensors that the other program reads besides the model's, such as tables that it computes; null for none. Tensors belong to the current dispose scope.</summary>
    public Action<IDictionary<string, Tensor>>? Complete { get; init; }
}
