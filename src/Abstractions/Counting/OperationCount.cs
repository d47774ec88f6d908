namespace HiEndMae.Counting;

/// <summary>Counts of a part of a model for one sample in a forward pass.</summary>
/// <param name="Part">Name of the part, such as "encoder.blocks".</param>
/// <param name="Parameters">Number of trained parameters.</param>
/// <param name="Activations">Number of elements in the outputs of its layers.</param>
/// <param name="MultiplyAdds">"All operations": multiply-adds of linear maps, convolutions and attention products, and 5 per element of a LayerNorm.</param>
/// <param name="PaperMultiplyAdds">"Paper convention": as above, but attention products inside dense stages and projections from encoder to decoder are not counted, and
/// the last layer has 1728 outputs for every patch size (Tables 6 and 7 of arXiv:2502.08347).</param>
public sealed record OperationCount(string Part, long Parameters, long Activations, long MultiplyAdds, long PaperMultiplyAdds)
{
    /// <summary>The multiply-adds of its layers by their kind, without what LayerNorms are charged with.</summary>
    public ProductCount Products { get; init; } = ProductCount.None;

    /// <summary>A count of zero.</summary>
    public static OperationCount None(string part) => new(part, 0, 0, 0, 0);

    /// <summary>Adds two counts; the result has the name of the first.</summary>
    public static OperationCount operator +(OperationCount a, OperationCount b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return Add(a, b);
    }

    /// <summary>Adds two counts; the result has the name of the first.</summary>
    public static OperationCount Add(OperationCount left, OperationCount right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Part, left.Parameters + right.Parameters, left.Activations + right.Activations, left.MultiplyAdds + right.MultiplyAdds, left.PaperMultiplyAdds + right.PaperMultiplyAdds)
        {
            Products = left.Products + right.Products,
        };
    }

    /// <summary>Multiplies a count, for several equal parts in a row.</summary>
    public OperationCount Times(int count) => new(Part, count * Parameters, count * Activations, count * MultiplyAdds, count * PaperMultiplyAdds) { Products = Products.Times(count) };
}
