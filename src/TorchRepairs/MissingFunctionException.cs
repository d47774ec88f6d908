namespace HiEndMae.TorchRepairs;

/// <summary>Thrown if this build of libtorch lacks a function that a setting needs.</summary>
/// <param name="message">The setting, the function, and what to set instead.</param>
public sealed class MissingFunctionException(string message) : Exception(message);
