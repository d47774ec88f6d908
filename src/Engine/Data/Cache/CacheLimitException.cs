namespace HiEndMae.Engine.Data.Cache;

/// <summary>The prepared cases of a stage are larger than the limit of their cache.</summary>
public sealed class CacheLimitException(string message) : IOException(message);
