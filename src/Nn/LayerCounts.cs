namespace HiEndMae.Nn;

/// <summary>Parameters, output elements and multiply-adds of layers, by hand-written rules. Element-wise operations do not count as multiply-adds.</summary>
public readonly record struct LayerCounts
{
    /// <summary>Trained numbers.</summary>
    public long Parameters { get; init; }

    /// <summary>Elements of outputs.</summary>
    public long Activations { get; init; }

    /// <summary>Multiply-adds of convolutions.</summary>
    public long Convolutions { get; init; }

    /// <summary>Multiply-adds of transposed convolutions.</summary>
    public long TransposedConvolutions { get; init; }

    /// <summary>Multiply-adds of linear maps.</summary>
    public long LinearMaps { get; init; }

    /// <summary>Multiply-adds of attention: queries times keys, and weights times values.</summary>
    public long AttentionProducts { get; init; }

    /// <summary>Elements that a LayerNorm reads, for conventions that count them.</summary>
    public long NormElements { get; init; }

    /// <summary>Multiply-adds of linear maps, convolutions and attention products.</summary>
    public long MultiplyAdds => Convolutions + TransposedConvolutions + LinearMaps + AttentionProducts;

    /// <summary>Multiply-adds plus 5 per element of a LayerNorm, as the paper counts.</summary>
    public long Operations => MultiplyAdds + (5 * NormElements);

    /// <summary>Adds two counts.</summary>
    public static LayerCounts operator +(LayerCounts a, LayerCounts b) => Add(a, b);

    /// <summary>Adds two counts.</summary>
    public static LayerCounts Add(LayerCounts left, LayerCounts right) => new()
    {
        Parameters = left.Parameters + right.Parameters,
        Activations = left.Activations + right.Activations,
        Convolutions = left.Convolutions + right.Convolutions,
        TransposedConvolutions = left.TransposedConvolutions + right.TransposedConvolutions,
        LinearMaps = left.LinearMaps + right.LinearMaps,
        AttentionProducts = left.AttentionProducts + right.AttentionProducts,
        NormElements = left.NormElements + right.NormElements,
    };

    /// <summary>The sum of several.</summary>
    public static LayerCounts Sum(IEnumerable<LayerCounts> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return counts.Aggregate(default(LayerCounts), Add);
    }

    /// <summary>A linear map of a number of tokens.</summary>
    public static LayerCounts Linear(long tokens, long inputs, long outputs, bool bias = true) => new()
    {
        Parameters = (inputs * outputs) + (bias ? outputs : 0),
        Activations = tokens * outputs,
        LinearMaps = tokens * inputs * outputs,
    };

    /// <summary>Counts a LayerNorm with weight and bias.</summary>
    public static LayerCounts Norm(long tokens, long width) => new() { Parameters = 2 * width, Activations = tokens * width, NormElements = tokens * width };

    /// <summary>Counts the products of queries and keys, and of weights and values, over all heads.</summary>
    public static LayerCounts Attention(long queries, long keys, long width) => new() { Activations = queries * width, AttentionProducts = 2 * queries * keys * width };

    /// <summary>Counts the two linear maps of an MLP.</summary>
    public static LayerCounts Mlp(long tokens, long width, double ratio)
    {
        long hidden = (long)(width * ratio);
        return Linear(tokens, width, hidden) + Linear(tokens, hidden, width);
    }

    /// <summary>Counts a <see cref="Nn.TransformerBlock"/>.</summary>
    public static LayerCounts TransformerBlock(long tokens, long width, double mlpRatio) =>
        Norm(tokens, width) + Linear(tokens, width, 3 * width) + Attention(tokens, tokens, width) + Linear(tokens, width, width) + Norm(tokens, width) + Mlp(tokens, width, mlpRatio);

    /// <summary>Counts a <see cref="Nn.DenseBlock"/> that reads a number of visible tokens.</summary>
    public static LayerCounts DenseBlock(long tokens, long visible, long width, double mlpRatio) =>
        Norm(tokens, width) + Linear(tokens, width, 3 * width) + Attention(tokens, tokens, width) + Linear(tokens, width, width)
        + Norm(tokens, width) + Linear(tokens, width, width) + Linear(visible, width, 2 * width) + Attention(tokens, visible, width) + Linear(tokens, width, width)
        + Norm(tokens, width) + Mlp(tokens, width, mlpRatio);

    /// <summary>A convolution of any kind.</summary>
    /// <param name="shape">The layer.</param>
    /// <param name="inputVoxels">Voxels that a transposed convolution reads.</param>
    /// <param name="outputVoxels">Voxels of the output.</param>
    public static LayerCounts Convolution(ConvShape shape, long inputVoxels, long outputVoxels)
    {
        long cube = (long)shape.Kernel * shape.Kernel * shape.Kernel;
        var layer = new LayerCounts
        {
            Parameters = ((long)shape.Inputs * shape.Outputs / shape.Groups * cube) + (shape.Bias ? shape.Outputs : 0),
            Activations = outputVoxels * shape.Outputs,
        };
        return shape.Transposed
            ? layer with { TransposedConvolutions = inputVoxels * shape.Inputs * (shape.Outputs / shape.Groups) * cube }
            : layer with { Convolutions = outputVoxels * shape.Outputs * (shape.Inputs / shape.Groups) * cube };
    }

    /// <summary>A convolution of a number of voxels that keeps sizes.</summary>
    public static LayerCounts Convolution(long voxels, long inputs, long outputs, int kernel, bool bias = false) =>
        Convolution(new ConvShape((int)inputs, (int)outputs, kernel) { Bias = bias }, voxels, voxels);

    /// <summary>A transposed convolution of kernel and stride 2, by its output voxels.</summary>
    public static LayerCounts Doubling(long voxels, long inputs, long outputs, bool bias = false) =>
        Convolution(ConvShape.Doubling((int)inputs, (int)outputs, bias), voxels / 8, voxels);

    /// <summary>Weights and biases of a batch, group or instance norm of a number of channels. Norms of convolutions cost no operations here, because the paper's counter counts LayerNorm only.</summary>
    public static LayerCounts ChannelNorm(long channels) => new() { Parameters = 2 * channels };

    /// <summary>A <see cref="UnetrResBlock"/> of a number of voxels.</summary>
    public static LayerCounts ResBlock(long voxels, long inputs, long outputs, UnetrBlockOptions options)
    {
        bool widens = options.Residual && inputs != outputs;
        LayerCounts block = Convolution(voxels, inputs, outputs, 3, options.Bias) + Convolution(voxels, outputs, outputs, 3, options.Bias);
        if (widens) block += Convolution(voxels, inputs, outputs, 1, options.Bias);
        if (options.Norm != UnetrNorm.Batch) return block;
        for (int norm = 0; norm < (widens ? 3 : 2); norm++) block += ChannelNorm(outputs);
        return block;
    }
}
