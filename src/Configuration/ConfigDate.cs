namespace HiEndMae.Configuration;

/// <summary>A date or time. TOML has them, no key takes one; they are kept apart from texts so that errors can say so.</summary>
/// <param name="Text">As written.</param>
public sealed record ConfigDate(string Text);
