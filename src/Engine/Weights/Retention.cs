namespace HiEndMae.Engine.Weights;

/// <summary>The checkpoints to keep. The best one is always kept.</summary>
/// <param name="Newest">Number of newest checkpoints to keep.</param>
/// <param name="Every">Keeps checkpoints whose step is a multiple of this; 0 for none.</param>
public sealed record Retention(int Newest, int Every);
