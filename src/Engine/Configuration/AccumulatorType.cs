using HiEndMae.Engine.Inference;

namespace HiEndMae.Engine.Configuration;

/// <summary>Precision that the outputs of overlapping windows are summed in.</summary>
public enum AccumulatorType
{
    /// <summary>4 bytes per voxel and class.</summary>
    Float32,

    /// <summary>2 bytes per voxel and class; logits to about three digits.</summary>
    Float16,
}
