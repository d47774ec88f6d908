using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>Implemented by configs of pretext tasks that choose the places of crops by comparing whole cases. <c>hiendmae data places</c> calls it and writes the places to a file.</summary>
public interface IPlaceFinder
{
    /// <summary>Chooses places. The result depends only on the arguments.</summary>
    /// <param name="cases">All cases.</param>
    /// <param name="crop">Voxels of a crop.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <exception cref="PluginException">The cases are too few or too small.</exception>
    IReadOnlyList<CropPlace> Find(IReadOnlyList<DescribedCase> cases, Size3 crop, ulong seed);
}
