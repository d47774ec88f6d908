namespace HiEndMae.Nn;

/// <summary>How a U-Net doubles the size on its way up.</summary>
public enum UnetUpsampling
{
    /// <summary>Transposed convolution of kernel and stride 2 that keeps the width.</summary>
    Transposed,

    /// <summary>Trilinear interpolation, corners aligned.</summary>
    Trilinear,
}
