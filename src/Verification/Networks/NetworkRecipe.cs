namespace HiEndMae.Verification.Networks;

/// <summary>How the network of a golden is made, and where its features are found.</summary>
/// <param name="Encoder">The encoder's table, in TOML.</param>
/// <param name="Head">The head's table, in TOML.</param>
/// <param name="Places">Where features are found, by patterns of their names in the golden.</param>
internal sealed record NetworkRecipe(string Encoder, string Head, IReadOnlyList<(string Pattern, FeaturePlace Place)> Places);
