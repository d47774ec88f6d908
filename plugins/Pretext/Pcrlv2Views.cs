using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The views of a batch.</summary>
/// <remarks>Source: RL4M/PCRLv2, data.py and datasets/lunaDataset.py, whose transforms are those of torchio with their default values.</remarks>
/// <param name="Target">[B, C, X, Y, Z]: the first large view after its flip and affine map.</param>
/// <param name="First">[B, C, X, Y, Z]: the same view with changed intensities.</param>
/// <param name="Second">[B, C, X, Y, Z]: the second large view.</param>
/// <param name="Local">[L B, C, x, y, z]: the first small view of all samples, then the second, and so on.</param>
internal sealed record Pcrlv2Views(Tensor Target, Tensor First, Tensor Second, Tensor Local)
{
    private const double LeastDeviation = 1e-8;

    /// <summary>Draws the views. The result depends only on the volumes and the seed.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], the regions.</param>
    /// <param name="config">Sizes and strengths.</param>
    /// <param name="seed">Seed of all random numbers.</param>
    public static Pcrlv2Views Draw(Tensor volumes, Pcrlv2Config config, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var random = new SplitMix64(seed);
        using var generator = new Generator(seed, volumes.device);
        int samples = (int)volumes.shape[0];
        var region = new Size3((int)volumes.shape[2], (int)volumes.shape[3], (int)volumes.shape[4]);
        Tensor[] target = new Tensor[samples], first = new Tensor[samples], second = new Tensor[samples], local = new Tensor[samples * config.LocalViews];
        for (int sample = 0; sample < samples; sample++)
        {
            Tensor volume = volumes[sample];
            Pcrlv2Boxes boxes = Pcrlv2Boxes.Draw(region, config, ref random);
            target[sample] = Moved(Cut(volume, boxes.First, config.GlobalSize), config, ref random);
            first[sample] = Changed(target[sample], config, config.Swaps, ref random, generator);
            second[sample] = Changed(Moved(Cut(volume, boxes.Second, config.GlobalSize), config, ref random), config, config.Swaps, ref random, generator);
            for (int view = 0; view < config.LocalViews; view++)
                local[(view * samples) + sample] = Changed(Moved(Cut(volume, boxes.Local[view], config.LocalSize), config, ref random), config, swaps: 0, ref random, generator);
        }
        return new Pcrlv2Views(stack(target).MoveToOuterDisposeScope(), stack(first).MoveToOuterDisposeScope(), stack(second).MoveToOuterDisposeScope(), stack(local).MoveToOuterDisposeScope());
    }

    private static Tensor Cut(Tensor volume, VoxelBlock box, Size3 size) =>
        AxisMap.Apply(box.In(volume), AxisMap.Resize((int)(box.EndX - box.X), size.X), AxisMap.Resize((int)(box.EndY - box.Y), size.Y), AxisMap.Resize((int)(box.EndZ - box.Z), size.Z));

    // A flip and an affine map about the centre. Voxels from outside of the view get the smallest value of the view.
    private static Tensor Moved(Tensor view, Pcrlv2Config config, ref SplitMix64 random)
    {
        using DisposeScope scope = NewDisposeScope();
        double[,] map = AffineMap.Scaling(
            (random.NextDouble() < config.FlipProbability ? -1 : 1) * Around(1, config.MaxScaling, ref random), Around(1, config.MaxScaling, ref random), Around(1, config.MaxScaling, ref random));
        for (int axis = 0; axis < 3; axis++) map = AxisMap.Product(AffineMap.Rotation(axis, Around(0, config.MaxDegrees * Math.PI / 180, ref random)), map);
        Tensor least = view.min();
        return (AffineMap.Resample((view - least).unsqueeze(0), map).squeeze(0) + least).MoveToOuterDisposeScope();
    }

    private static Tensor Changed(Tensor view, Pcrlv2Config config, int swaps, ref SplitMix64 random, Generator generator)
    {
        using DisposeScope scope = NewDisposeScope();
        double[,] Blur(long length, ref SplitMix64 numbers) => AxisMap.Gaussian((int)length, numbers.NextDouble() * config.MaxBlur);
        long[] size = view.shape;
        Tensor x = AxisMap.Apply(view, Blur(size[1], ref random), Blur(size[2], ref random), Blur(size[3], ref random));
        x = x + (randn(size, dtype: view.dtype, device: view.device, generator: generator) * (random.NextDouble() * config.MaxNoise));
        x = x.sign() * x.abs().pow(Math.Exp(Around(0, config.MaxLogGamma, ref random)));
        if (swaps > 0) x = x.flatten(1).index_select(1, tensor(Exchanged(new Size3((int)size[1], (int)size[2], (int)size[3]), swaps, ref random), device: view.device)).reshape(size);
        return ((x - x.mean()) / x.std().clamp_min(LeastDeviation)).MoveToOuterDisposeScope();
    }

    // For each position, the voxel that is there after pairs of blocks have been exchanged one after the other.
    private static long[] Exchanged(Size3 size, int swaps, ref SplitMix64 random)
    {
        var places = new long[size.Count];
        for (int i = 0; i < places.Length; i++) places[i] = i;
        Size3 block = Pcrlv2Config.SwapBlock;
        Span<long> one = stackalloc long[(int)block.Count], other = stackalloc long[(int)block.Count];
        for (int i = 0; i < swaps; i++)
        {
            (int from, int to) = (Corner(size, block, ref random), Corner(size, block, ref random));
            Copy(places, from, one, size, write: false);
            Copy(places, to, other, size, write: false);
            Copy(places, from, other, size, write: true);
            Copy(places, to, one, size, write: true);
        }
        return places;
    }

    private static int Corner(Size3 size, Size3 block, ref SplitMix64 random)
    {
        int Draw(int side, int edge, ref SplitMix64 numbers) => (int)(numbers.NextDouble() * (side - edge + 1));
        int x = Draw(size.X, block.X, ref random), y = Draw(size.Y, block.Y, ref random);
        return (((x * size.Y) + y) * size.Z) + Draw(size.Z, block.Z, ref random);
    }

    private static void Copy(long[] places, int corner, Span<long> block, Size3 size, bool write)
    {
        Size3 edges = Pcrlv2Config.SwapBlock;
        for (int row = 0; row < edges.X * edges.Y; row++)
        {
            Span<long> voxels = places.AsSpan(corner + (((row / edges.Y * size.Y) + (row % edges.Y)) * size.Z), edges.Z), kept = block.Slice(row * edges.Z, edges.Z);
            if (write) kept.CopyTo(voxels);
            else voxels.CopyTo(kept);
        }
    }

    private static double Around(double middle, double reach, ref SplitMix64 random) => middle + (((2 * random.NextDouble()) - 1) * reach);
}
