namespace HiEndMae.Configuration;

/// <summary>A text, number, truth value or date.</summary>
/// <param name="Value">string, long, double, bool or <see cref="ConfigDate"/>.</param>
/// <param name="Source">Position in the file.</param>
public sealed record ConfigScalar(object Value, SourceSpan Source) : ConfigNode(Source);
