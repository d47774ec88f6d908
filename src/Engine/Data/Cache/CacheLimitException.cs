namespace HiEndMae.Engine.Data.Cache;

/// <summary>The prepared cases of a stage do not fit where they are to be kept.</summary>
public sealed class CacheLimitException(string message) : IOException(message);
