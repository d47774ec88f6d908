namespace HiEndMae.Counting;

/// <summary>Multiply-adds by the kind of layer, one each; norms, activations, pooling and resizing are none.</summary>
/// <param name="Convolutions">Multiply-adds of convolutions: outputs times inputs per group times kernel.</param>
/// <param name="TransposedConvolutions">Multiply-adds of transposed convolutions: inputs times outputs per group times kernel.</param>
/// <param name="Linear">Multiply-adds of linear maps.</param>
/// <param name="Attention">Multiply-adds of attention: queries times keys, and weights times values.</param>
public sealed record ProductCount(long Convolutions, long TransposedConvolutions, long Linear, long Attention)
{
    /// <summary>A count of zero.</summary>
    public static ProductCount None { get; } = new(0, 0, 0, 0);

    /// <summary>The sum over all kinds.</summary>
    public long Total => Convolutions + TransposedConvolutions + Linear + Attention;

    /// <summary>The sum.</summary>
    public static ProductCount operator +(ProductCount left, ProductCount right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Add(left, right);
    }

    /// <summary>The sum.</summary>
    public static ProductCount Add(ProductCount left, ProductCount right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Convolutions + right.Convolutions, left.TransposedConvolutions + right.TransposedConvolutions, left.Linear + right.Linear, left.Attention + right.Attention);
    }

    /// <summary>Multiplies the counts by a number.</summary>
    public ProductCount Times(int count) => new(count * Convolutions, count * TransposedConvolutions, count * Linear, count * Attention);
}
