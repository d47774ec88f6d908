namespace HiEndMae.Nn;

/// <summary>Norm of a MedNeXt block.</summary>
public enum MedNextNorm
{
    /// <summary>Over the channels of each voxel, eps 1e-6: the norm of SparK and HySparK.</summary>
    Layer,

    /// <summary>Over each channel of each sample, eps 1e-5: the official norm, a group norm with one channel per group.</summary>
    Group,
}
