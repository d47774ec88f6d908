namespace HiEndMae.Nn;

/// <summary>Sizes of a MedNeXt block.</summary>
/// <param name="Inputs">Channels in.</param>
/// <param name="Outputs">Channels out.</param>
/// <param name="Expansion">Channels between the two pointwise convolutions / channels in.</param>
/// <param name="Kernel">Edge of the depthwise kernel; odd.</param>
/// <param name="Norm">The norm after the depthwise convolution.</param>
/// <param name="Step">Whether the block keeps, halves or doubles sizes.</param>
public readonly record struct MedNextShape(int Inputs, int Outputs, int Expansion, int Kernel = 3, MedNextNorm Norm = MedNextNorm.Layer, MedNextStep Step = MedNextStep.Keep)
{
    /// <summary>The depthwise convolution.</summary>
    public ConvShape Depthwise => new(Inputs, Inputs, Kernel) { Groups = Inputs, Stride = Step == MedNextStep.Keep ? 1 : 2, Transposed = Step == MedNextStep.Up };

    /// <summary>The convolution to more channels.</summary>
    public ConvShape Expand => new(Inputs, Expansion * Inputs, 1);

    /// <summary>The convolution to the channels out.</summary>
    public ConvShape Compress => new(Expansion * Inputs, Outputs, 1);

    /// <summary>The convolution of the residual path, which exists if sizes change.</summary>
    public ConvShape Beside => new(Inputs, Outputs, 1) { Stride = 2, Transposed = Step == MedNextStep.Up };
}
