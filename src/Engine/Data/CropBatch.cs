namespace HiEndMae.Engine.Data;

/// <summary>The crops of one optimiser step, in memory.</summary>
/// <param name="Images">[B, C, X, Y, Z].</param>
/// <param name="Labels">[B, X, Y, Z]; empty without labels.</param>
public sealed record CropBatch(float[] Images, long[] Labels);
