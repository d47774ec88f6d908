using HiEndMae.Imaging;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Decides between classes on the grid of the file, slab by slab, as soon as the planes of the model's grid that a slab needs have come.</summary>
/// <remarks>Slabs are cut across the axis of the file that runs along x of the model's grid. A file that is turned against that grid needs more planes at once.</remarks>
internal sealed class FileGridLabels : IPlaneReceiver
{
    private const long SlabValues = 1 << 24;
    private readonly InvertedParts parts;
    private readonly DecidedParts decided;
    private readonly Size3 target;
    private readonly CancellationToken cancel;
    private readonly long slabValues;
    private readonly int axis;
    private readonly bool isDescending;
    private (Size3 Start, Size3 Size)[]? slabs;
    private int next;

    /// <param name="size">The model's grid.</param>
    /// <param name="areProbabilities">Whether the outputs are probabilities. If not, the decision makes probabilities of them.</param>
    /// <param name="source">Affine of the model's grid.</param>
    /// <param name="target">Grid of the file.</param>
    /// <param name="decision">From probabilities to classes.</param>
    /// <param name="cancel">Stops between slabs.</param>
    /// <param name="slabValues">Values of a slab, of all classes together; null for the usual number.</param>
    public FileGridLabels(Size3 size, bool areProbabilities, Affine source, VolumeGrid target, ClassDecision decision, CancellationToken cancel, long? slabValues = null)
    {
        parts = new InvertedParts(size, areProbabilities ? null : decision, source, target.Affine);
        decided = new DecidedParts(parts, target, decision);
        (this.target, this.cancel, this.slabValues) = (target.Size, cancel, slabValues ?? SlabValues);
        Affine map = source.Inverse().After(target.Affine);
        // How far x of the model's grid goes along each axis of the file.
        double[] ways = [map[0, 0] * target.Size.X, map[0, 1] * target.Size.Y, map[0, 2] * target.Size.Z];
        axis = Enumerable.Range(0, 3).MaxBy(i => Math.Abs(ways[i]));
        isDescending = ways[axis] < 0;
    }

    /// <summary>Class indices on the grid of the file; complete after the last plane.</summary>
    public Volume<ushort> Labels => decided.Labels;

    /// <inheritdoc/>
    public int MostKept(int outputs) => SlabsOf(outputs).Max(slab => parts.PlanesFor(slab.Start, slab.Size) is var (first, end) ? end - first : 0);

    /// <inheritdoc/>
    public int Take(int first, Tensor planes)
    {
        int count = (int)planes.shape[2];
        (Size3 Start, Size3 Size)[] all = SlabsOf((int)planes.shape[1]);
        parts.Show(first, planes);
        for (; next < all.Length && parts.PlanesFor(all[next].Start, all[next].Size).End <= first + count; next++)
        {
            cancel.ThrowIfCancellationRequested();
            decided.Decide(all[next].Start, all[next].Size);
        }
        return next == all.Length ? count : Math.Clamp(parts.PlanesFor(all[next].Start, all[next].Size).First - first, 0, count);
    }

    // Cut once, when the number of outputs is known.
    private (Size3 Start, Size3 Size)[] SlabsOf(int outputs) => slabs ??= [.. Slabs(outputs)];

    private IEnumerable<(Size3 Start, Size3 Size)> Slabs(int outputs)
    {
        Size3 size = target;
        int length = axis switch { 0 => size.X, 1 => size.Y, _ => size.Z };
        int thickness = (int)Math.Clamp(slabValues / (size.Count / length * outputs), 1, length);
        IEnumerable<(Size3, Size3)> all = Enumerable.Range(0, (length + thickness - 1) / thickness).Select(i =>
        {
            int start = i * thickness, count = Math.Min(thickness, length - start);
            return axis switch
            {
                0 => (new Size3(start, 0, 0), size with { X = count }),
                1 => (new Size3(0, start, 0), size with { Y = count }),
                _ => (new Size3(0, 0, start), size with { Z = count }),
            };
        });
        return isDescending ? all.Reverse() : all;
    }
}
