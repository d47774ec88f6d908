namespace HiEndMae.Nn;

/// <summary>Parameters, output elements and multiply-adds of layers, by hand-written rules; an element-wise operation is none.</summary>
/// <param name="Parameters">Trained numbers.</param>
/// <param name="Activations">Elements of outputs.</param>
/// <param name="MultiplyAdds">Of linear maps, convolutions and attention products.</param>
/// <param name="NormElements">Elements that a LayerNorm reads, for counts that charge for them.</param>
/// <param name="AttentionProducts">Of <see cref="MultiplyAdds"/>, those of attention.</param>
public readonly record struct LayerCounts(long Parameters, long Activations, long MultiplyAdds, long NormElements, long AttentionProducts)
{
    /// <summary>Multiply-adds, and 5 for each element of a LayerNorm, as the paper's counter charges.</summary>
    public long Operations => MultiplyAdds + (5 * NormElements);

    /// <summary>The sum.</summary>
    public static LayerCounts operator +(LayerCounts a, LayerCounts b) => Add(a, b);

    /// <summary>The sum.</summary>
    public static LayerCounts Add(LayerCounts left, LayerCounts right) => new(
        left.Parameters + right.Parameters, left.Activations + right.Activations, left.MultiplyAdds + right.MultiplyAdds,
        left.NormElements + right.NormElements, left.AttentionProducts + right.AttentionProducts);

    /// <summary>A linear map with bias of so many tokens.</summary>
    public static LayerCounts Linear(long tokens, long inputs, long outputs) => new((inputs * outputs) + outputs, tokens * outputs, tokens * inputs * outputs, 0, 0);

    /// <summary>A LayerNorm with weight and bias.</summary>
    public static LayerCounts Norm(long tokens, long width) => new(2 * width, tokens * width, 0, tokens * width, 0);

    /// <summary>Queries times keys, and weights times values, over all heads.</summary>
    public static LayerCounts Attention(long queries, long keys, long width) => new(0, queries * width, 2 * queries * keys * width, 0, 2 * queries * keys * width);

    /// <summary>Two linear maps.</summary>
    public static LayerCounts Mlp(long tokens, long width, double ratio)
    {
        long hidden = (long)(width * ratio);
        return Linear(tokens, width, hidden) + Linear(tokens, hidden, width);
    }

    /// <summary><see cref="Nn.TransformerBlock"/>.</summary>
    public static LayerCounts TransformerBlock(long tokens, long width, double mlpRatio) =>
        Norm(tokens, width) + Linear(tokens, width, 3 * width) + Attention(tokens, tokens, width) + Linear(tokens, width, width) + Norm(tokens, width) + Mlp(tokens, width, mlpRatio);

    /// <summary><see cref="Nn.DenseBlock"/> over so many visible tokens.</summary>
    public static LayerCounts DenseBlock(long tokens, long visible, long width, double mlpRatio) =>
        Norm(tokens, width) + Linear(tokens, width, 3 * width) + Attention(tokens, tokens, width) + Linear(tokens, width, width)
        + Norm(tokens, width) + Linear(tokens, width, width) + Linear(visible, width, 2 * width) + Attention(tokens, visible, width) + Linear(tokens, width, width)
        + Norm(tokens, width) + Mlp(tokens, width, mlpRatio);

    /// <summary>A convolution of so many output voxels.</summary>
    public static LayerCounts Convolution(long voxels, long inputs, long outputs, int kernel, bool bias = false)
    {
        long cube = (long)kernel * kernel * kernel;
        return new((inputs * outputs * cube) + (bias ? outputs : 0), voxels * outputs, voxels * inputs * outputs * cube, 0, 0);
    }

    /// <summary>A transposed convolution of kernel and stride 2, by its output voxels: each reads one input voxel.</summary>
    public static LayerCounts Doubling(long voxels, long inputs, long outputs) => new(inputs * outputs * 8, voxels * outputs, voxels * inputs * outputs, 0, 0);

    /// <summary><see cref="UnetrResBlock"/> of so many voxels. Norms of convolutions are element-wise here: the paper's counter charges for LayerNorm alone.</summary>
    public static LayerCounts ResBlock(long voxels, long inputs, long outputs, UnetrBlockOptions options)
    {
        bool widens = options.Residual && inputs != outputs;
        LayerCounts block = Convolution(voxels, inputs, outputs, 3) + Convolution(voxels, outputs, outputs, 3);
        if (widens) block += Convolution(voxels, inputs, outputs, 1);
        return options.Norm == UnetrNorm.Batch ? block with { Parameters = block.Parameters + (2 * outputs * (widens ? 3 : 2)) } : block;
    }
}
