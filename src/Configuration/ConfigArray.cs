namespace HiEndMae.Configuration;

/// <summary>A list.</summary>
/// <param name="Items">In order.</param>
/// <param name="Source">Position in the file.</param>
public sealed record ConfigArray(IReadOnlyList<ConfigNode> Items, SourceSpan Source) : ConfigNode(Source)
{
    /// <inheritdoc/>
    public bool Equals(ConfigArray? other) =>
        ReferenceEquals(this, other) || (other is not null && Source == other.Source && Items.SequenceEqual(other.Items));

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked(Items.Count * 397 ^ Source.GetHashCode());
}
