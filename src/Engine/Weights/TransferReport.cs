namespace HiEndMae.Engine.Weights;

/// <summary>Reports how every tensor of a file was used, and the origin of every tensor of the model.</summary>
/// <param name="Names">The naming scheme of the file, one of <see cref="WeightNames"/>.</param>
/// <param name="Loaded">Names of tensors that were copied unchanged.</param>
/// <param name="Resized">Tensors that were resized, with the rule.</param>
/// <param name="Skipped">Tensors of the file that were not used, with the reason.</param>
/// <param name="Fresh">Tensors of the model that are not in the file, with the reason.</param>
public sealed record TransferReport(
    string Names,
    IReadOnlyList<string> Loaded,
    IReadOnlyList<(string Name, string Rule)> Resized,
    IReadOnlyList<(string Name, string Reason)> Skipped,
    IReadOnlyList<(string Name, string Reason)> Fresh)
{
    /// <summary>Whether a fault of an official loader was repeated.</summary>
    public bool RepeatsFault { get; init; }

    /// <summary>Summarises the report in one sentence.</summary>
    public override string ToString() =>
        $"{Loaded.Count} tensors loaded, {Resized.Count} resized{Rules(Resized)}, {Skipped.Count} not used{Reasons(Skipped)}, {Fresh.Count} newly initialised{Reasons(Fresh)} (names: {Names})";

    private static string Rules(IReadOnlyList<(string Name, string Rule)> items) => items.Count == 0 ? "" : $" ({string.Join("; ", items.Select(item => item.Rule).Distinct())})";

    private static string Reasons(IReadOnlyList<(string Name, string Reason)> items) =>
        items.Count == 0 ? "" : $" ({string.Join("; ", items.Select(item => item.Reason).Distinct())})";
}
