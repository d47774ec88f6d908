namespace HiEndMae.Configuration;

/// <summary>What reading needs besides the tree.</summary>
/// <param name="Components">Every component that a <c>plugin</c> key may name.</param>
/// <param name="GetEnvironmentVariable">Looks up NAME of <c>${env:NAME}</c>; null where it is not set.</param>
public sealed record BindContext(IReadOnlyList<ComponentDescriptor> Components, Func<string, string?> GetEnvironmentVariable);
