using HiEndMae.Engine.Inference;

namespace HiEndMae.Engine.Configuration;

/// <summary>How overlapping windows are averaged.</summary>
public enum WindowWeighting
{
    /// <summary>Every voxel of a window counts alike.</summary>
    Constant,

    /// <summary>Voxels near the window's centre count more: a Gaussian of sigma 1/8 of the edge.</summary>
    Gaussian,
}
