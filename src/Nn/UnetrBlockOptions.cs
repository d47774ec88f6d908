namespace HiEndMae.Nn;

/// <summary>What every block of a UNETR is made with.</summary>
/// <param name="Norm">After each convolution.</param>
/// <param name="Residual">Whether a block adds its input to its output; MONAI's <c>res_block</c>.</param>
public readonly record struct UnetrBlockOptions(UnetrNorm Norm = UnetrNorm.Instance, bool Residual = true);
