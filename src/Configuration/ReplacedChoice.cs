namespace HiEndMae.Configuration;

/// <summary>A component of an inherited table that another file replaced. The keys of the replaced component are not used.</summary>
/// <param name="Before">The key and value that chose it, such as <c>plugin = "vit3d"</c>.</param>
/// <param name="Choice">The value that replaced it, with its position.</param>
/// <param name="Keys">The keys that are not used, without the one that chose the component.</param>
public sealed record ReplacedChoice(string Before, ConfigNode Choice, IReadOnlyList<ConfigEntry> Keys)
{
    /// <inheritdoc/>
    public bool Equals(ReplacedChoice? other) =>
        ReferenceEquals(this, other) || (other is not null && Before == other.Before && Choice == other.Choice && Keys.SequenceEqual(other.Keys));

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked(Keys.Count * 397 ^ StringComparer.Ordinal.GetHashCode(Before));
}
