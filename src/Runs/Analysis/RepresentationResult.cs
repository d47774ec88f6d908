using HiEndMae.Engine.Analysis;
using HiEndMae.Imaging;

namespace HiEndMae.Runs.Analysis;

/// <summary>Measurements of several encoders on the same crops.</summary>
/// <param name="Dataset">Its name.</param>
/// <param name="Crop">Voxels of a crop.</param>
/// <param name="Crops">The crops: case, first voxel in the prepared case, and that voxel's place in mm.</param>
/// <param name="CaseIds">Ids of the cases, by index.</param>
/// <param name="Models">In the order of the command line, untrained ones last.</param>
internal sealed record RepresentationResult(
    string Dataset, Size3 Crop, IReadOnlyList<(int Case, Size3 Start, (double X, double Y, double Z) Mm)> Crops, IReadOnlyList<string> CaseIds, IReadOnlyList<MeasuredModel> Models)
{
    /// <summary>The measures of all models, in their order.</summary>
    public IReadOnlyList<Measure> Measures => [.. Models.SelectMany(model => model.Measures.Values.Select(entry => entry.Measure)).DistinctBy(measure => measure.Name)];
}
