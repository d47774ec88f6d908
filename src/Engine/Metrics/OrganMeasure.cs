namespace HiEndMae.Engine.Metrics;

/// <summary>One class of a prediction against the truth, before any policy.</summary>
/// <param name="PredictedVoxels">|A|.</param>
/// <param name="TruthVoxels">|B|.</param>
/// <param name="BothVoxels">|A and B|.</param>
/// <param name="VoxelMl">Volume of a voxel, ml.</param>
/// <param name="Surface">Distances between surfaces; null where they were not asked for, for background, and where one map has none of the class.</param>
public sealed record OrganMeasure(long PredictedVoxels, long TruthVoxels, long BothVoxels, double VoxelMl, SurfaceMeasure? Surface)
{
    /// <summary>Volume in the prediction, ml.</summary>
    public double PredictedMl => PredictedVoxels * VoxelMl;

    /// <summary>Volume in the truth, ml.</summary>
    public double TruthMl => TruthVoxels * VoxelMl;
}
