namespace HiEndMae.Runs.Analysis;

/// <summary>A crop reconstructed at one mask ratio.</summary>
/// <param name="MaskRatio">Fraction of hidden patches.</param>
/// <param name="Masked">[X, Y, Z], hidden patches at 0.</param>
/// <param name="Rebuilt">Reconstruction [X, Y, Z] by model.</param>
/// <param name="Errors">Mean squared error over hidden voxels by model, for intensities from 0 to 1.</param>
internal sealed record RebuiltRow(double MaskRatio, float[] Masked, IReadOnlyList<float[]> Rebuilt, IReadOnlyList<double> Errors);
