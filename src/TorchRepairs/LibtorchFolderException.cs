namespace HiEndMae.TorchRepairs;

/// <summary>A folder of libtorch cannot serve TorchSharp. The message says why and what to do.</summary>
public sealed class LibtorchFolderException(string message) : Exception(message);
