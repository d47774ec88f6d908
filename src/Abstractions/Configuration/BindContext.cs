namespace HiEndMae.Configuration;

/// <summary>What binding needs besides the tree: the components known, and where errors go.</summary>
/// <param name="Components">Every component that a <c>plugin</c> key may name.</param>
/// <param name="Report">Takes each error and warning.</param>
/// <param name="GetEnvironmentVariable">Looks up NAME of <c>${env:NAME}</c>; null where it is not set.</param>
public sealed record BindContext(
    IReadOnlyList<ComponentDescriptor> Components,
    Action<ConfigDiagnostic> Report,
    Func<string, string?> GetEnvironmentVariable);
