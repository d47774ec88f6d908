using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>A case as <see cref="IPlaceFinder"/> sees it.</summary>
/// <param name="Id">Id of the case.</param>
/// <param name="Size">Voxels of the prepared case.</param>
/// <param name="Features">What a trained encoder says about the whole case: the mean of its coarsest level over voxels.</param>
public sealed record DescribedCase(string Id, Size3 Size, IReadOnlyList<double> Features);
