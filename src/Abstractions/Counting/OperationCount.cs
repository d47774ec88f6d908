namespace HiEndMae.Counting;

/// <summary>What a part of a model costs for one sample, forward.</summary>
/// <param name="Part">Its name, such as "encoder.blocks".</param>
/// <param name="Parameters">Trained numbers.</param>
/// <param name="Activations">Elements of its layers' outputs.</param>
/// <param name="MultiplyAdds">Multiply-adds of linear maps, convolutions and attention products, and 5 for each element of a LayerNorm: "all operations".</param>
/// <param name="PaperMultiplyAdds">"Paper convention": as above, but attention products inside dense stages and projections from encoder to decoder are not seen, and
/// the last layer has 1728 outputs whatever the patch (Tables 6 and 7 of arXiv:2502.08347).</param>
public sealed record OperationCount(string Part, long Parameters, long Activations, long MultiplyAdds, long PaperMultiplyAdds)
{
    /// <summary>The multiply-adds of its layers by their kind, without what LayerNorms are charged with.</summary>
    public ProductCount Products { get; init; } = ProductCount.None;

    /// <summary>Nothing.</summary>
    public static OperationCount None(string part) => new(part, 0, 0, 0, 0);

    /// <summary>The sum, under the first name.</summary>
    public static OperationCount operator +(OperationCount a, OperationCount b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Add(a, b);
    }

    /// <summary>The sum, under the first name.</summary>
    public static OperationCount Add(OperationCount left, OperationCount right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Part, left.Parameters + right.Parameters, left.Activations + right.Activations, left.MultiplyAdds + right.MultiplyAdds, left.PaperMultiplyAdds + right.PaperMultiplyAdds)
        {
            Products = left.Products + right.Products,
        };
    }

    /// <summary>So many of it, one after another.</summary>
    public OperationCount Times(int count) => new(Part, count * Parameters, count * Activations, count * MultiplyAdds, count * PaperMultiplyAdds) { Products = Products.Times(count) };
}
