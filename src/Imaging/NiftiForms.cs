namespace HiEndMae.Imaging;

/// <summary>The two forms in which a NIfTI header stores positions. If a label map keeps both, programs that use the qform and programs that use the sform show it at the position
/// of the scan.</summary>
/// <param name="QformCode">Reference of the qform; 0 for no qform.</param>
/// <param name="SformCode">Reference of the sform; 0 for no sform.</param>
/// <param name="Pixdim">pixdim[0] (qfac) to pixdim[3] (voxel sizes).</param>
/// <param name="Qform">quatern_b, c, d and qoffset_x, y, z.</param>
/// <param name="Sform">srow_x, srow_y, srow_z.</param>
/// <param name="Size">Size of the grid that the forms belong to.</param>
public sealed record NiftiForms(int QformCode, int SformCode, IReadOnlyList<double> Pixdim, IReadOnlyList<double> Qform, IReadOnlyList<double> Sform, Size3 Size);
