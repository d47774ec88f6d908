namespace HiEndMae.Engine.Metrics;

/// <summary>Measurements of one class of a prediction and the truth, before a policy is applied.</summary>
/// <param name="PredictedVoxels">|A|.</param>
/// <param name="TruthVoxels">|B|.</param>
/// <param name="BothVoxels">|A and B|.</param>
/// <param name="VoxelMl">Volume of a voxel in ml.</param>
/// <param name="Surface">Distances between surfaces. Null if they were not requested, for background, and if one map lacks the class.</param>
public sealed record OrganMeasure(long PredictedVoxels, long TruthVoxels, long BothVoxels, double VoxelMl, SurfaceMeasure? Surface)
{
    /// <summary>Volume in the prediction, ml.</summary>
    public double PredictedMl => PredictedVoxels * VoxelMl;

    /// <summary>Volume in the truth, ml.</summary>
    public double TruthMl => TruthVoxels * VoxelMl;
}
