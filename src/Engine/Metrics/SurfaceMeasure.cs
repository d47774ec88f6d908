namespace HiEndMae.Engine.Metrics;

/// <summary>Distances between the surface voxels of two non-empty masks.</summary>
/// <param name="Hd95Mm">The larger of the two directed 95th percentiles (linear between ranks), mm.</param>
/// <param name="MeanToTruthMm">Mean distance from predicted surface voxels to the true surface.</param>
/// <param name="MeanToPredictionMm">Mean distance from true surface voxels to the predicted surface.</param>
/// <param name="PredictedVoxels">Number of surface voxels of the prediction.</param>
/// <param name="TruthVoxels">Number of surface voxels of the truth.</param>
/// <param name="WithinTolerance">Fraction of both that is within the tolerance of the other surface.</param>
public sealed record SurfaceMeasure(double Hd95Mm, double MeanToTruthMm, double MeanToPredictionMm, int PredictedVoxels, int TruthVoxels, double WithinTolerance)
{
    /// <summary>Mean over the surface voxels of both, mm.</summary>
    public double AssdMm => (MeanToTruthMm * PredictedVoxels + MeanToPredictionMm * TruthVoxels) / ((double)PredictedVoxels + TruthVoxels);
}
