namespace HiEndMae.Plugins.Pretext;

/// <summary>The normalisation of visible features before hidden cells are filled with mask tokens.</summary>
public enum DensifyNorm
{
    /// <summary>No norm (HySparK).</summary>
    None,

    /// <summary>Layer norm over the channels of each voxel (SparK with ConvNeXt or MedNeXt).</summary>
    Layer,

    /// <summary>Batch norm over the visible voxels of the batch (SparK with ResNet).</summary>
    Batch,
}
