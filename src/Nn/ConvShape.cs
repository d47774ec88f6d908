namespace HiEndMae.Nn;

/// <summary>Sizes of a 3D convolution with a cubic kernel.</summary>
/// <param name="Inputs">Channels in.</param>
/// <param name="Outputs">Channels out.</param>
/// <param name="Kernel">Voxels of the kernel's edge.</param>
public readonly record struct ConvShape(int Inputs, int Outputs, int Kernel)
{
    /// <summary>Input voxels from one output voxel to the next along x, y, z. If transposed: output voxels from one input voxel to the next.</summary>
    public (int X, int Y, int Z) Strides { get; init; } = (1, 1, 1);

    /// <summary>The same stride along every axis.</summary>
    public int Stride
    {
        init => Strides = (value, value, value);
    }

    /// <summary>Voxels of zeros around the input. If transposed: voxels that are cut off the output.</summary>
    public int Padding { get; init; } = Kernel / 2;

    /// <summary>Groups of channels that do not mix.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether it has a bias.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Whether it is a transposed convolution.</summary>
    public bool Transposed { get; init; }

    /// <summary>A transposed convolution of kernel and stride 2, which doubles every edge.</summary>
    public static ConvShape Doubling(int inputs, int outputs, bool bias = true) => new(inputs, outputs, 2) { Stride = 2, Padding = 0, Transposed = true, Bias = bias };

    /// <summary>Voxels of the output along x, y, z.</summary>
    public (long X, long Y, long Z) OutputOf((long X, long Y, long Z) grid)
    {
        ConvShape shape = this;
        return (Edge(grid.X, Strides.X), Edge(grid.Y, Strides.Y), Edge(grid.Z, Strides.Z));

        long Edge(long edge, int stride) => shape.Transposed ? ((edge - 1) * stride) - (2 * shape.Padding) + shape.Kernel : ((edge + (2 * shape.Padding) - shape.Kernel) / stride) + 1;
    }
}
