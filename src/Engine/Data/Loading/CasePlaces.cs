using System.Buffers;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Loading;

/// <summary>The given places of crops in the prepared cases.</summary>
public sealed class CasePlaces
{
    private readonly CropPlace[][] places;

    private CasePlaces(CropPlace[][] places) => this.places = places;

    /// <summary>Sorts places by case.</summary>
    /// <param name="cases">The prepared cases.</param>
    /// <param name="places">Places; those in other cases are left out.</param>
    /// <returns>Null if there are no places.</returns>
    /// <exception cref="VolumeException">A place is not inside its case.</exception>
    public static CasePlaces? Of(PreparedCases cases, IReadOnlyList<CropPlace>? places)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (places is not { Count: > 0 }) return null;
        ILookup<string, CropPlace> byCase = places.ToLookup(place => place.Case, StringComparer.Ordinal);
        return new CasePlaces([.. Enumerable.Range(0, cases.Count).Select(index => byCase[cases[index].Id].Select(place => Checked(place, cases[index].Size)).ToArray())]);
    }

    /// <summary>Number of places in a case.</summary>
    public int CountOf(int index) => places[index].Length;

    /// <summary>Cuts a crop at a random place of a case.</summary>
    /// <param name="source">The case.</param>
    /// <param name="index">Index of the case.</param>
    /// <param name="recipe">Size of the crop, and probabilities of augmentations.</param>
    /// <param name="random">Random numbers of this crop alone.</param>
    /// <param name="target">Receives the crop, [C, X, Y, Z].</param>
    /// <returns>The class of the place.</returns>
    internal int Cut(PreparedCase source, int index, in CropRecipe recipe, ref RandomSource random, Span<float> target)
    {
        CropPlace place = places[index][random.NextInt(places[index].Length)];
        CropPlan plan = CropPlan.At(place.Start, recipe with { Crop = place.Size }, ref random);
        if (place.Size == recipe.Crop)
        {
            CropCopier.CopyImage(source, plan, target);
            return place.Class;
        }
        int length = source.Channels * (int)place.Size.Count;
        float[] rented = ArrayPool<float>.Shared.Rent(length);
        CropCopier.CopyImage(source, plan, rented.AsSpan(0, length));
        CropResizer.Resize(rented.AsSpan(0, length), place.Size, target, recipe.Crop);
        ArrayPool<float>.Shared.Return(rented);
        return place.Class;
    }

    private static CropPlace Checked(CropPlace place, Size3 size)
    {
        for (int axis = 0; axis < 3; axis++)
        {
            if (place.Start[axis] < 0 || place.Size[axis] < 1 || place.Start[axis] + place.Size[axis] > size[axis])
                throw new VolumeException($"A place of [pretrain.decoder] in case '{place.Case}' has the first voxel {place.Start} and the size {place.Size}, but the prepared case has {size} voxels. Places are in voxels of the prepared case.");
        }
        return place;
    }
}
