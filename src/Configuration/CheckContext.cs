namespace HiEndMae.Configuration;

/// <summary>What checking needs besides the tree.</summary>
/// <param name="Components">Every component that a <c>plugin</c> key may name.</param>
/// <param name="Report">Takes each error and warning.</param>
public sealed record CheckContext(IReadOnlyList<ComponentSchema> Components, Action<ConfigDiagnostic> Report)
{
    /// <summary>Looks up NAME of <c>${env:NAME}</c>; left out where nothing that depends on the machine is to be checked, as in a compiler.</summary>
    public Func<string, string?>? GetVariable { get; init; }

    /// <summary>Whether the tree is a part of an experiment: what is missing may be said elsewhere.</summary>
    public bool IsPart { get; init; }
}
