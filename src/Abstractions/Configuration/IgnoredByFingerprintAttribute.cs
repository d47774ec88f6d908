namespace HiEndMae;

/// <summary>Marks a key that cannot change a result (logging, cache, display). Fingerprints leave it out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IgnoredByFingerprintAttribute : Attribute;
