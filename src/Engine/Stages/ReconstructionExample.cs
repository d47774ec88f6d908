namespace HiEndMae.Engine.Stages;

/// <summary>The first channel of a crop, [X, Y, Z], for a picture of its reconstruction.</summary>
/// <param name="Input">The crop.</param>
/// <param name="Masked">The crop with hidden patches set to 0.</param>
/// <param name="Reconstructed">The crop with hidden patches reconstructed.</param>
public sealed record ReconstructionExample(float[] Input, float[] Masked, float[] Reconstructed);
