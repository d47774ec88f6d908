using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Interpolates the probabilities of parts of a grid. Parts use the same memory one after another, because a scan has hundreds of them.</summary>
/// <param name="from">Size of the grid of the outputs.</param>
/// <param name="decision">Makes probabilities of the outputs; null if they are probabilities.</param>
/// <param name="source">Affine of the outputs.</param>
/// <param name="target">Affine of the grid.</param>
internal sealed class InvertedParts(Size3 from, ClassDecision? decision, Affine source, Affine target)
{

    // By length. Boxes of the source differ by a voxel or two, so there are few lengths.
    private readonly Dictionary<int, float[]> boxes = [];
    private float[] voxels = [];
    private Tensor? outputs;
    private int firstPlane;

    /// <summary>Reads from these outputs from now on.</summary>
    /// <param name="first">Index along x of the first plane.</param>
    /// <param name="planes">[1, K, planes, Y, Z], of any precision and on any device.</param>
    public void Show(int first, Tensor planes) => (firstPlane, outputs) = (first, planes);

    /// <summary>Returns the planes along x of the outputs that a part needs: the first one, and the one behind the last one.</summary>
    public (int First, int End) PlanesFor(Size3 start, Size3 size)
    {
        (Size3 first, Size3 extent) = Needed(source.Inverse().After(target.After(Shift(start))), size);
        return (first.X, first.X + extent.X);
    }

    /// <summary>Interpolates one part.</summary>
    /// <param name="start">Its first voxel in the grid.</param>
    /// <param name="size">Its size.</param>
    /// <returns>[K, X, Y, Z]; valid until the next call.</returns>
    public Volume<float> At(Size3 start, Size3 size)
    {
        Affine affine = target.After(Shift(start));
        (Size3 first, Size3 extent) = Needed(source.Inverse().After(affine), size);
        int classes = (int)outputs!.shape[1];
        if (voxels.Length != classes * size.Count) voxels = GC.AllocateUninitializedArray<float>(checked((int)(classes * size.Count)));
        var part = new Volume<float>(classes, size, affine, voxels);
        Resampler.ResampleInto(new Volume<float>(classes, extent, source.After(Shift(first)), Read(classes, first, extent)), part);
        return part;
    }

    private unsafe float[] Read(int classes, Size3 first, Size3 extent)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor box = SlidingWindow.View(outputs!, first with { X = first.X - firstPlane }, extent).to(ScalarType.Float32);
        if (decision is not null) box = decision.Probabilities(box);
        box = box.cpu().contiguous();
        int length = checked((int)(classes * extent.Count));
        if (!boxes.TryGetValue(length, out float[]? read)) boxes.Add(length, read = GC.AllocateUninitializedArray<float>(length));
        new ReadOnlySpan<float>((void*)TensorAddress.Of(box), length).CopyTo(read);
        return read;
    }

    // The box of source voxels around the positions of a part, clipped to the source.
    private (Size3 First, Size3 Extent) Needed(Affine map, Size3 part)
    {
        (double X, double Y, double Z)[] corners = [.. from x in (int[])[0, part.X - 1] from y in (int[])[0, part.Y - 1] from z in (int[])[0, part.Z - 1] select map.Apply(x, y, z)];
        (int x0, int x1) = Range(corners.Min(c => c.X), corners.Max(c => c.X), from.X);
        (int y0, int y1) = Range(corners.Min(c => c.Y), corners.Max(c => c.Y), from.Y);
        (int z0, int z1) = Range(corners.Min(c => c.Z), corners.Max(c => c.Z), from.Z);
        return (new Size3(x0, y0, z0), new Size3(x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1));
    }

    private static (int First, int Last) Range(double low, double high, int length) =>
        ((int)Math.Clamp(Math.Floor(low) - 1, 0, length - 1), (int)Math.Clamp(Math.Ceiling(high) + 1, 0, length - 1));

    private static Affine Shift(Size3 by) => new(1, 0, 0, by.X, 0, 1, 0, by.Y, 0, 0, 1, by.Z);
}
