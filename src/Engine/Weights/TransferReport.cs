namespace HiEndMae.Engine.Weights;

/// <summary>What became of every tensor of a file, and where every tensor of the model comes from.</summary>
/// <param name="Names">Whose names the file has, one of <see cref="WeightNames"/>.</param>
/// <param name="Loaded">Tensors copied as they are, by their name here.</param>
/// <param name="Resized">Tensors copied by a rule, with the rule.</param>
/// <param name="Skipped">Tensors of the file that are not used, with the reason.</param>
/// <param name="Fresh">Tensors of the model that the file says nothing of, with the reason.</param>
public sealed record TransferReport(
    string Names,
    IReadOnlyList<string> Loaded,
    IReadOnlyList<(string Name, string Rule)> Resized,
    IReadOnlyList<(string Name, string Reason)> Skipped,
    IReadOnlyList<(string Name, string Reason)> Fresh)
{
    /// <summary>Whether a fault of an official loader was repeated.</summary>
    public bool RepeatsFault { get; init; }

    /// <summary>One sentence.</summary>
    public override string ToString() =>
        $"{Loaded.Count} tensors loaded, {Resized.Count} resized{Rules(Resized)}, {Skipped.Count} not used{Reasons(Skipped)}, {Fresh.Count} fresh{Reasons(Fresh)} (names: {Names})";

    private static string Rules(IReadOnlyList<(string Name, string Rule)> items) => items.Count == 0 ? "" : $" ({string.Join("; ", items.Select(item => item.Rule).Distinct())})";

    private static string Reasons(IReadOnlyList<(string Name, string Reason)> items) =>
        items.Count == 0 ? "" : $" ({string.Join("; ", items.Select(item => item.Reason).Distinct())})";
}
