namespace HiEndMae.Runs.Machine;

/// <summary>Thrown if a GPU or the machine has too little memory for a stage.</summary>
/// <param name="message">The request that failed, and the keys that reduce memory.</param>
/// <param name="inner">The error of libtorch.</param>
public sealed class MemoryLimitException(string message, Exception inner) : Exception(message, inner);
