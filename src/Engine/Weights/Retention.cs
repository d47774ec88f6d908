namespace HiEndMae.Engine.Weights;

/// <summary>Which checkpoints stay; the best one always does.</summary>
/// <param name="Newest">How many newest ones.</param>
/// <param name="Every">Those whose step is a multiple of this; 0 for none.</param>
public sealed record Retention(int Newest, int Every);
