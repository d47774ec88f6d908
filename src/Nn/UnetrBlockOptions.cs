namespace HiEndMae.Nn;

/// <summary>Options of all blocks of a UNETR.</summary>
/// <param name="Norm">Normalisation after each convolution.</param>
/// <param name="Residual">Whether a block adds its input to its output (MONAI's <c>res_block</c>).</param>
/// <param name="Bias">Whether its convolutions have biases; MONAI's have none.</param>
public readonly record struct UnetrBlockOptions(UnetrNorm Norm, bool Residual = true, bool Bias = false)
{
    /// <summary>MONAI's defaults: instance norms, residual, no biases.</summary>
    public UnetrBlockOptions() : this(UnetrNorm.Instance)
    {
    }
}
