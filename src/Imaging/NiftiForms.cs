namespace HiEndMae.Imaging;

/// <summary>The two forms in which a NIfTI header gives positions, as they are stored. A program that takes the qform and one that takes the sform each see the file where they
/// saw the scan, if a label map keeps both.</summary>
/// <param name="QformCode">What the qform refers to; 0 for no qform.</param>
/// <param name="SformCode">What the sform refers to; 0 for no sform.</param>
/// <param name="Pixdim">pixdim[0] (qfac) to pixdim[3] (voxel sizes).</param>
/// <param name="Qform">quatern_b, c, d and qoffset_x, y, z.</param>
/// <param name="Sform">srow_x, srow_y, srow_z.</param>
/// <param name="Size">Voxels that the forms belong to.</param>
public sealed record NiftiForms(int QformCode, int SformCode, IReadOnlyList<double> Pixdim, IReadOnlyList<double> Qform, IReadOnlyList<double> Sform, Size3 Size);
