namespace HiEndMae.Plugins.Pretext;

/// <summary>The norm of visible features before hidden ones are filled with mask tokens.</summary>
public enum DensifyNorm
{
    /// <summary>No norm (HySparK).</summary>
    None,

    /// <summary>Over the channels of each voxel (SparK with ConvNeXt or MedNeXt).</summary>
    Layer,

    /// <summary>Over the visible voxels of the batch (SparK with ResNet).</summary>
    Batch,
}
