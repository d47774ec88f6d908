namespace HiEndMae.Configuration;

/// <summary>Inputs of checking a config besides its tree.</summary>
/// <param name="Components">Every component that a <c>plugin</c> key may name.</param>
/// <param name="Report">Receives each error and warning.</param>
public sealed record CheckContext(IReadOnlyList<ComponentSchema> Components, Action<ConfigDiagnostic> Report)
{
    /// <summary>Returns the value of NAME in <c>${env:NAME}</c>. Null skips all checks that depend on the machine, as in the compiler.</summary>
    public Func<string, string?>? GetVariable { get; init; }

    /// <summary>Whether the tree is a partial file, whose missing keys may be in the files that extend it.</summary>
    public bool IsPart { get; init; }
}
