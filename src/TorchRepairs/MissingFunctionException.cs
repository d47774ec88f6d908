namespace HiEndMae.TorchRepairs;

/// <summary>This build of libtorch lacks a function that a setting needs.</summary>
/// <param name="message">Which setting, which function, and what to set instead.</param>
public sealed class MissingFunctionException(string message) : Exception(message);
