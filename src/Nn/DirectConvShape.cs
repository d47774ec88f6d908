namespace HiEndMae.Nn;

/// <summary>Sizes of a convolution that keeps the size of its volumes: stride 1, an odd cubic kernel, half its edge of zeros around the volume.</summary>
/// <param name="Samples">B.</param>
/// <param name="X">X of input and output.</param>
/// <param name="Y">Y.</param>
/// <param name="Z">Z.</param>
/// <param name="Inputs">C, channels of the input.</param>
/// <param name="Outputs">C', channels of the output.</param>
/// <param name="Edge">k, edge of the kernel.</param>
internal readonly record struct DirectConvShape(int Samples, int X, int Y, int Z, int Inputs, int Outputs, int Edge)
{
    /// <summary>Width of the border.</summary>
    public int Pad => Edge / 2;

    /// <summary>Number of output channels that are computed together: 16, or 8 if C' is no multiple of 16.</summary>
    public int Block => Outputs % 16 == 0 ? 16 : 8;

    /// <summary>Number of input floats in a row that contribute to one output. They are contiguous in memory.</summary>
    public int Run => Edge * Inputs;

    /// <summary>Number of planes of all samples.</summary>
    public int Planes => Samples * X;

    /// <summary>Number of weights of one block of output channels.</summary>
    public int BlockWeights => Edge * Edge * Run * Block;

    /// <summary>Shape of the gradient of the input: the same convolution from C' to C channels.</summary>
    public DirectConvShape Reversed => this with { Inputs = Outputs, Outputs = Inputs };
}
