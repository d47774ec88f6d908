using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>The crops on which encoders are compared. They are the same for every encoder, depend only on (seed, case, crop), and are not augmented.</summary>
/// <param name="cases">Prepared cases with labels.</param>
/// <param name="crop">Voxels of a crop.</param>
/// <param name="patch">Voxels of a patch.</param>
/// <param name="numClasses">K, background included.</param>
/// <param name="perCase">Number of crops per case. Each has a labelled voxel near its centre if the case has one.</param>
/// <param name="seed">Seed of the crops.</param>
public sealed class ProbeCrops(PreparedCases cases, Size3 crop, Size3 patch, int numClasses, int perCase, int seed)
{
    /// <summary>Voxels of a crop.</summary>
    public Size3 Crop => crop;

    /// <summary>Number of cases.</summary>
    public int NumCases => cases.Count;

    /// <summary>Ids of the cases, by index.</summary>
    public IReadOnlyList<string> CaseIds => cases.Ids;

    /// <summary>Every crop, as the index of its case and its number within the case, in the order of the cases.</summary>
    public IEnumerable<(int Case, int Number)> Places() => from index in Enumerable.Range(0, cases.Count) from number in Enumerable.Range(0, perCase) select (index, number);

    /// <summary>Cuts a crop. It belongs to the current dispose scope.</summary>
    /// <param name="index">Index of its case.</param>
    /// <param name="number">Number of the crop, from 0 to crops per case - 1.</param>
    public ProbeCrop Cut(int index, int number)
    {
        PreparedCase source = cases[index];
        CropPlan plan = Plan(index, number);
        var image = new float[source.Channels * crop.Count];
        var label = new long[crop.Count];
        CropCopier.CopyImage(source, plan, image);
        if (source.HasLabel) CropCopier.CopyLabel(source, plan, label);
        return new ProbeCrop(index, tensor(image, [1, source.Channels, crop.X, crop.Y, crop.Z]), Fractions(label, crop, patch, source.HasLabel ? numClasses : 1)) { Spacing = source.Layout.Grid.Affine.Spacing };
    }

    /// <summary>Returns the first voxel of a crop in its prepared case; negative if the case is smaller than the crop.</summary>
    public Size3 Start(int index, int number) => Plan(index, number).Start;

    /// <summary>Returns the position of a crop's first voxel in mm, RAS+.</summary>
    public (double X, double Y, double Z) StartMm(int index, int number)
    {
        Size3 start = Start(index, number);
        return cases[index].Layout.Grid.Affine.Apply(start.X, start.Y, start.Z);
    }

    private CropPlan Plan(int index, int number)
    {
        var random = new RandomSource(seed, Purpose.Analysis, index, number);
        return CropPlan.Draw(cases[index], new CropRecipe(crop, 1, 0, 0, 0, 0), ref random);
    }

    /// <summary>Computes the fraction of each patch that each class except background fills, [N, K - 1] in float64.</summary>
    internal static Tensor Fractions(long[] label, Size3 crop, Size3 patch, int numClasses)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor classes = tensor(label, [crop.X / patch.X, patch.X, crop.Y / patch.Y, patch.Y, crop.Z / patch.Z, patch.Z]);
        if (numClasses < 2) return zeros([(long)crop.X / patch.X * (crop.Y / patch.Y) * (crop.Z / patch.Z), 0], ScalarType.Float64).MoveToOuterDisposeScope();
        Tensor[] parts = [.. Enumerable.Range(1, numClasses - 1).Select(one => classes.eq(one).to(ScalarType.Float64).mean([1, 3, 5]).flatten())];
        return stack(parts, 1).MoveToOuterDisposeScope();
    }
}
