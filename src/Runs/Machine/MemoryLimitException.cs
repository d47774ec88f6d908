namespace HiEndMae.Runs.Machine;

/// <summary>A GPU or the machine has too little memory for a stage as it is configured.</summary>
/// <param name="message">What was asked for, and which keys take less.</param>
/// <param name="inner">What libtorch said.</param>
public sealed class MemoryLimitException(string message, Exception inner) : Exception(message, inner);
