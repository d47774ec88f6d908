namespace HiEndMae.Configuration;

/// <summary>A date or time. No key accepts one; it is a type of its own so that errors can name it.</summary>
/// <param name="Text">As written.</param>
public sealed record ConfigDate(string Text);
