namespace HiEndMae.Nn;

/// <summary>Norm of a MedNeXt block.</summary>
public enum MedNextNorm
{
    /// <summary>Over the channels of each voxel, eps 1e-6: SparK's and HySparK's.</summary>
    Layer,

    /// <summary>Over each channel of each sample, eps 1e-5: the official one, a group norm of one channel per group.</summary>
    Group,
}
