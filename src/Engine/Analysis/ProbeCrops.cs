using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Cuts the crops on which encoders are compared. They depend only on (seed, case, crop) and are the same for every encoder, without augmentation.</summary>
/// <param name="cases">Prepared cases with labels.</param>
/// <param name="crop">Size of a crop in voxels.</param>
/// <param name="patch">Size of a patch in voxels.</param>
/// <param name="numClasses">Number of classes K, background included.</param>
/// <param name="perCase">Number of crops per case. Each has a labelled voxel near its centre if the case has one.</param>
/// <param name="seed">Seed of the crops.</param>
public sealed class ProbeCrops(PreparedCases cases, Size3 crop, Size3 patch, int numClasses, int perCase, int seed)
{
    /// <summary>Number of cases.</summary>
    public int NumCases => cases.Count;

    /// <summary>Ids of the cases, by index.</summary>
    public IReadOnlyList<string> CaseIds => cases.Ids;

    /// <summary>Every crop as the index of its case and its number in the case, in the order of the cases.</summary>
    public IEnumerable<(int Case, int Number)> Places() => from index in Enumerable.Range(0, cases.Count) from number in Enumerable.Range(0, perCase) select (index, number);

    /// <summary>Cuts a crop; it belongs to the current dispose scope.</summary>
    /// <param name="index">Index of the case.</param>
    /// <param name="number">Number of the crop in the case, from 0.</param>
    public ProbeCrop Cut(int index, int number)
    {
        PreparedCase source = cases[index];
        var random = new RandomSource(seed, Purpose.Analysis, index, number);
        CropPlan plan = CropPlan.Draw(source, new CropRecipe(crop, 1, 0, 0, 0, 0), ref random);
        var image = new float[source.Channels * crop.Count];
        var label = new long[crop.Count];
        CropCopier.CopyImage(source, plan, image);
        CropCopier.CopyLabel(source, plan, label);
        return new ProbeCrop(index, tensor(image, [1, source.Channels, crop.X, crop.Y, crop.Z]), Fractions(label, crop, patch, numClasses));
    }

    /// <summary>Computes the fraction of each patch that each class without background fills, [N, K - 1] in float64.</summary>
    internal static Tensor Fractions(long[] label, Size3 crop, Size3 patch, int numClasses)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor classes = tensor(label, [crop.X / patch.X, patch.X, crop.Y / patch.Y, patch.Y, crop.Z / patch.Z, patch.Z]);
        Tensor[] parts = [.. Enumerable.Range(1, numClasses - 1).Select(one => classes.eq(one).to(ScalarType.Float64).mean([1, 3, 5]).flatten())];
        return stack(parts, 1).MoveToOuterDisposeScope();
    }
}
