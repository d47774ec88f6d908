namespace HiEndMae.Engine.Weights;

/// <summary>Thrown if a file of weights is missing, damaged, or belongs to another model. The message is one sentence for the user.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
