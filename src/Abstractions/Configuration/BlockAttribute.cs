namespace HiEndMae;

/// <summary>Marks a key of a decoder or head whose values name blocks of the encoder, counted from zero. <c>validate</c> and the compiler refuse blocks that the encoder does not have (HEM029), if it marks its key with <see cref="NumBlocksAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BlockAttribute : Attribute;
