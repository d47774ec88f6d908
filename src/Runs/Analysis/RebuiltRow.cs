namespace HiEndMae.Runs.Analysis;

/// <summary>A crop reconstructed at one mask ratio.</summary>
/// <param name="MaskRatio">Part of the patches that was hidden.</param>
/// <param name="Masked">[X, Y, Z], hidden patches at 0.</param>
/// <param name="Rebuilt">By model [X, Y, Z].</param>
/// <param name="Errors">By model, the mean squared error over hidden voxels in intensities from 0 to 1.</param>
internal sealed record RebuiltRow(double MaskRatio, float[] Masked, IReadOnlyList<float[]> Rebuilt, IReadOnlyList<double> Errors);
