using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Analysis;
using HiEndMae.Imaging;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Runs.Analysis;

/// <summary>A query and the attention of every model from it.</summary>
/// <param name="Case">Id of the case.</param>
/// <param name="Name">What folders call it: an organ, or a place.</param>
/// <param name="Query">Crop and patch.</param>
/// <param name="Mm">The place in mm, RAS+.</param>
/// <param name="Crop">Image, labels and grid.</param>
/// <param name="Stored">Grid of the scan's file.</param>
/// <param name="Grid">Patches along x, y, z.</param>
/// <param name="Patch">Voxels of a patch.</param>
/// <param name="Organ">Class index whose outline is drawn and whose share is counted; 0 for none.</param>
/// <param name="Models">In the order of the command line.</param>
internal sealed record MappedQuery(
    string Case, string Name, MapQuery Query, (double X, double Y, double Z) Mm, QueryCrop Crop, VolumeGrid Stored, Size3 Grid, Size3 Patch, int Organ, IReadOnlyList<MappedModel> Models)
{
    /// <summary>Name of a folder for it.</summary>
    public string Folder => FileNames.Safe($"{Case}-{Name}");
}
