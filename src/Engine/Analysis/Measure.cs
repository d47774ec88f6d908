namespace HiEndMae.Engine.Analysis;

/// <summary>A quantity that is measured per layer and crop.</summary>
/// <param name="Name">Its key in files, such as effective_rank.</param>
/// <param name="Title">Name in tables and figures.</param>
/// <param name="Unit">Unit of the values; empty for pure numbers.</param>
/// <param name="Definition">The exact definition. It is written to every result, because its choices change the numbers.</param>
public sealed record Measure(string Name, string Title, string Unit, string Definition)
{
    /// <summary>Effective rank of the attention values by the primary definition.</summary>
    public static Measure EffectiveRank { get; } = Rank(RankDefinition.AllHeads, "effective_rank", "effective rank", "V = third part of qkv(norm1(x)), bias included, heads side by side, patch tokens only: [N, E], neither centred nor scaled");

    /// <summary>Mean singular value of the attention values.</summary>
    public static Measure SingularValue { get; } = new("singular_value_mean", "singular value, mean", "", "mean of the min(N, E) singular values of the same V as effective_rank");

    /// <summary>Attention distance in mm.</summary>
    public static Measure Distance { get; } = new("attention_distance", "attention distance", "mm", "mean over patch queries of the sum of weight times Euclidean distance of patch origins; class row and column left out, rows rescaled to sum 1");

    /// <summary>Attention distance in voxels.</summary>
    public static Measure DistanceVoxels { get; } = new("attention_distance_voxels", "attention distance", "voxels", Distance.Definition);

    /// <summary>Attention distance as most public scripts compute it.</summary>
    public static Measure DistanceNotRescaled { get; } = new("attention_distance_not_rescaled", "attention distance, not rescaled", "voxels", "as attention_distance_voxels, but rows not rescaled, as most public scripts do; smaller by the class key's share");

    /// <summary>Entropy of attention.</summary>
    public static Measure Entropy { get; } = new("attention_entropy", "attention entropy", "nats", "mean over patch queries of -sum w ln w over all keys, the class key included; at most ln T");

    /// <summary>Diversity of heads.</summary>
    public static Measure HeadDivergence { get; } = new("head_divergence", "diversity of heads", "nats", "mean of KL(head i, head j) over ordered pairs of different heads and over patch queries, all keys");

    /// <summary>Returns the effective rank by a definition.</summary>
    public static Measure Of(RankDefinition definition) => definition switch
    {
        RankDefinition.AllHeads => EffectiveRank,
        RankDefinition.Centred => Rank(definition, "effective_rank_centred", "effective rank, centred", "as effective_rank, with the mean token subtracted from V"),
        RankDefinition.PerHead => Rank(definition, "effective_rank_per_head", "effective rank of a head", "as effective_rank, for V of each head by itself: [N, d], at most d = E / H"),
        RankDefinition.Squared => Rank(definition, "effective_rank_squared", "effective rank, squares", "as effective_rank, with p from squared singular values"),
        RankDefinition.WithClassToken => Rank(definition, "effective_rank_with_class_token", "effective rank, class token", "as effective_rank, with the class token's row"),
        RankDefinition.MatrixInformation => Rank(definition, "effective_rank_matrix_information", "effective rank, matrix information", "rows of V centred and scaled to length 1, p from squared singular values"),
        _ => Rank(definition, "effective_rank_attended", "effective rank of A V", "as effective_rank, for attention times V in place of V"),
    };

    /// <summary>Returns the preference of attention for an organ.</summary>
    public static Measure Preference(string organ) => new(
        $"organ_preference/{organ}", $"preference of {organ}", "",
        "share of the attention on the organ (sum over patches of weight times the part of the patch that the organ fills, rows rescaled to sum 1) over the organ's share of the crop; mean over queries inside the organ; 1 is no preference");

    private static Measure Rank(RankDefinition definition, string name, string title, string matrix) =>
        new(name, title, "", $"exp(-sum p ln p) with p = sigma / sum sigma, natural logarithm, sigma the singular values of {matrix} (definition {definition})");
}
