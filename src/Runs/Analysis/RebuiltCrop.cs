using HiEndMae.Imaging;

namespace HiEndMae.Runs.Analysis;

/// <summary>A crop reconstructed by every model at every mask ratio.</summary>
/// <param name="Case">Id of its case.</param>
/// <param name="Size">Voxels.</param>
/// <param name="Spacing">mm.</param>
/// <param name="Input">[X, Y, Z], the first channel.</param>
/// <param name="Rows">By mask ratio.</param>
internal sealed record RebuiltCrop(string Case, Size3 Size, Spacing3 Spacing, float[] Input, IReadOnlyList<RebuiltRow> Rows);
