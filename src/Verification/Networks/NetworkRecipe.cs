namespace HiEndMae.Verification.Networks;

/// <summary>Describes how the network of a golden is created, and where its features are found.</summary>
/// <param name="Encoder">Table of the encoder, as TOML.</param>
/// <param name="Head">Table of the head, as TOML.</param>
/// <param name="Places">Places of features, by patterns of their names in the golden.</param>
internal sealed record NetworkRecipe(string Encoder, string Head, IReadOnlyList<(string Pattern, FeaturePlace Place)> Places);
