using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>Figures of a crop, for reports.</summary>
/// <param name="Case">Id of the case that it was cut from.</param>
/// <param name="Min">Smallest finite intensity; NaN if there is none.</param>
/// <param name="Max">Largest finite intensity; NaN if there is none.</param>
/// <param name="Mean">Mean of the finite intensities; NaN if there is none.</param>
/// <param name="NonFinite">Number of intensities that are NaN or infinite.</param>
public sealed record CropSummary(string Case, double Min, double Max, double Mean, long NonFinite)
{
    /// <summary>Figures of all crops of a batch.</summary>
    /// <param name="images">[B, C, X, Y, Z].</param>
    /// <param name="cases">One id per crop.</param>
    public static IReadOnlyList<CropSummary> Of(Tensor images, IReadOnlyList<string> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        var summaries = new CropSummary[cases.Count];
        for (int sample = 0; sample < summaries.Length; sample++)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGrad = no_grad();
            Tensor crop = images[sample].flatten().to(ScalarType.Float64), finite = crop.masked_select(crop.isfinite());
            long count = finite.numel();
            summaries[sample] = count == 0
                ? new CropSummary(cases[sample], double.NaN, double.NaN, double.NaN, crop.numel())
                : new CropSummary(cases[sample], finite.min().item<double>(), finite.max().item<double>(), finite.mean().item<double>(), crop.numel() - count);
        }
        return summaries;
    }
}
