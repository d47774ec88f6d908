namespace HiEndMae;

/// <summary>Marks the key of an encoder's config that says how many blocks the encoder has. Keys with <see cref="BlockAttribute"/> are checked against it (HEM029).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NumBlocksAttribute : Attribute;
