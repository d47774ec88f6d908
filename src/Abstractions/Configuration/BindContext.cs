namespace HiEndMae.Configuration;

/// <summary>Inputs of reading a config besides its tree.</summary>
/// <param name="Components">Every component that a <c>plugin</c> key may name.</param>
/// <param name="GetEnvironmentVariable">Returns the value of NAME in <c>${env:NAME}</c>, or null if it is not set.</param>
public sealed record BindContext(IReadOnlyList<ComponentDescriptor> Components, Func<string, string?> GetEnvironmentVariable);
