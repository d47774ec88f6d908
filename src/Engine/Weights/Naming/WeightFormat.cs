using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Naming;

/// <summary>Declares the names of weights in another program: the target of each name, and the names that are not used.</summary>
/// <param name="Name">As <c>convert --names</c> and <c>inspect</c> have it.</param>
/// <param name="Title">Whose names they are.</param>
/// <param name="Matches">Whether a file has names of this format.</param>
/// <param name="From">Rules from the format's names to this program's. If several rules match a name, the first rule whose target exists in the model is used.</param>
/// <param name="To">Rules from this program's names to the format's; null if nothing is written in this format.</param>
public sealed record WeightFormat(string Name, string Title, Func<IReadOnlyCollection<string>, bool> Matches, IReadOnlyList<WeightRule> From, IReadOnlyList<WeightRule>? To)
{
    /// <summary>Tensors of the model that a file of this format need not contain, by this program's names, with the reason.</summary>
    public IReadOnlyList<(Regex Pattern, string Why)> MayBeFresh { get; init; } = [];

    /// <summary>Adds tensors that the other program reads besides the model's, such as tables that it computes; null for none. Tensors belong to the current dispose scope.</summary>
    public Action<IDictionary<string, Tensor>>? Complete { get; init; }
}
