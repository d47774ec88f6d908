using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Analysis;
using HiEndMae.Imaging;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Runs.Analysis;

/// <summary>A query with its attention in every model.</summary>
/// <param name="Case">Id of the case.</param>
/// <param name="Name">Name for folders: an organ or a position.</param>
/// <param name="Query">Crop and patch.</param>
/// <param name="Mm">The position in mm, RAS+.</param>
/// <param name="Crop">Image, labels and grid.</param>
/// <param name="Stored">Grid of the scan's file.</param>
/// <param name="Grid">Patches along x, y, z.</param>
/// <param name="Patch">Voxels of a patch.</param>
/// <param name="Organ">Index of the class whose outline is drawn and whose share is computed; 0 for none.</param>
/// <param name="Models">In the order of the command line.</param>
internal sealed record MappedQuery(
    string Case, string Name, MapQuery Query, (double X, double Y, double Z) Mm, QueryCrop Crop, VolumeGrid Stored, Size3 Grid, Size3 Patch, int Organ, IReadOnlyList<MappedModel> Models)
{
    /// <summary>Name of its folder.</summary>
    public string Folder => FileNames.Safe($"{Case}-{Name}");
}
