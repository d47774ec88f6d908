namespace HiEndMae;

/// <summary>The key cannot change a result (logging, cache, display): fingerprints leave it out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IgnoredByFingerprintAttribute : Attribute;
