namespace HiEndMae.Engine.Stages;

/// <summary>A crop, what was hidden of it and what was made of that, to look at: the first channel of each, [X, Y, Z].</summary>
/// <param name="Input">As it came.</param>
/// <param name="Masked">Hidden patches at 0.</param>
/// <param name="Reconstructed">Hidden patches as reconstructed.</param>
public sealed record ReconstructionExample(float[] Input, float[] Masked, float[] Reconstructed);
