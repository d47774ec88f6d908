namespace HiEndMae.Nn;

/// <summary>What every block of a UNETR is made with.</summary>
/// <param name="Norm">After each convolution.</param>
/// <param name="Residual">Whether a block adds its input to its output; MONAI's <c>res_block</c>.</param>
/// <param name="Bias">Whether its convolutions have biases; MONAI's have none.</param>
public readonly record struct UnetrBlockOptions(UnetrNorm Norm, bool Residual = true, bool Bias = false)
{
    /// <summary>MONAI's defaults: instance norms, residual, no biases.</summary>
    public UnetrBlockOptions() : this(UnetrNorm.Instance)
    {
    }
}
