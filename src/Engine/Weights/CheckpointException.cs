namespace HiEndMae.Engine.Weights;

/// <summary>A file of weights that is missing, broken, or made for another model; the message is one sentence for the user.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
