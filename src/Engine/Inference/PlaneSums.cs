using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Sums of window outputs for the planes along x that windows still change or a receiver still needs. Planes that are released make room for the next ones.</summary>
/// <param name="size">Size of the volume.</param>
/// <param name="starts">First voxels of all windows, in ascending order of x.</param>
/// <param name="window">Size of a window.</param>
/// <param name="weight">Weights of a window's voxels, [1, 1, window].</param>
/// <param name="type">Type of the sums.</param>
internal sealed class PlaneSums(Size3 size, Size3[] starts, Size3 window, Tensor weight, ScalarType type) : IDisposable
{
    private const int Slab = 16;
    private Tensor? sums; // [1, K, planes, Y, Z]
    private int origin;   // index along x of the first plane in the buffer
    private int done;     // planes before this index have been divided

    /// <summary>Whether there is a buffer.</summary>
    public bool IsAllocated => sums is not null;

    /// <summary>Creates sums of 0.</summary>
    /// <param name="outputs">K.</param>
    /// <param name="planes">Room for so many planes.</param>
    public void Allocate(int outputs, int planes) => sums = zeros([1, outputs, planes, size.Y, size.Z], type, weight.device).DetachFromDisposeScope();

    /// <summary>The sums of a window, not copied.</summary>
    public Tensor Of(Size3 start) => SlidingWindow.View(sums!, start with { X = start.X - origin }, window);

    /// <summary>Index along x of the first plane that has not been released.</summary>
    public int First => origin;

    /// <summary>The divided planes that have not been released, [1, K, planes, Y, Z], not copied.</summary>
    public Tensor Finished => sums!.narrow(2, 0, done - origin);

    /// <summary>Divides the planes that no further window changes by the sums of their weights.</summary>
    /// <param name="end">No further window changes planes before this index.</param>
    public void Finish(int end)
    {
        using DisposeScope scope = NewDisposeScope();
        WindowWeights.Divide(sums!.narrow(2, done - origin, end - done), weight, [.. starts.Select(start => start with { X = start.X - done })], window, Slab);
        done = end;
    }

    /// <summary>Releases planes at the front.</summary>
    public void Release(int count)
    {
        if (count == 0) return;
        using DisposeScope scope = NewDisposeScope();
        int length = (int)sums!.shape[2];
        origin += count;
        // In pieces no longer than the way that they move, so that no piece overlaps its target.
        for (int to = 0; to < length - count; to += count)
        {
            int piece = Math.Min(count, length - count - to);
            sums.narrow(2, to, piece).copy_(sums.narrow(2, to + count, piece));
        }
        sums.narrow(2, length - count, count).zero_();
    }

    /// <inheritdoc/>
    public void Dispose() => sums?.Dispose();
}
