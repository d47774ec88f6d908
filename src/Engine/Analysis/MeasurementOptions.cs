namespace HiEndMae.Engine.Analysis;

/// <summary>Options of a measurement in the blocks of an encoder.</summary>
public sealed record MeasurementOptions
{
    /// <summary>Effective ranks to compute. Singular values come with <see cref="RankDefinition.AllHeads"/>. Empty for none.</summary>
    public IReadOnlyList<RankDefinition> Ranks { get; init; } = [];

    /// <summary>Whether distance, entropy and diversity of heads are computed.</summary>
    public bool Attention { get; init; }

    /// <summary>Whether the preference of organs is computed.</summary>
    public bool Preference { get; init; }

    /// <summary>Whether layers are compared by minibatch CKA.</summary>
    public bool Cka { get; init; }

    /// <summary>Whether layers are also compared by linear CKA over all tokens, which takes a product [E, E] for every pair of layers.</summary>
    public bool LinearCka { get; init; }

    /// <summary>Fraction of hidden patches, in [0, 1). With 0, the whole crop is visible.</summary>
    public double MaskRatio { get; init; }

    /// <summary>Seed of the masks.</summary>
    public int Seed { get; init; }

    /// <summary>Whether queries, keys and values are needed.</summary>
    public bool NeedsTrace => Ranks.Count > 0 || Attention || Preference;
}
