using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Pairs of views of a batch of regions, region by region.</summary>
/// <param name="First">[S, C, X, Y, Z], the first view of each pair.</param>
/// <param name="Second">[S, C, X, Y, Z], the second view of each pair.</param>
/// <param name="Pairs">[K] int64, the pair that each compared voxel belongs to.</param>
/// <param name="PlacesInFirst">[K, 3] int64, the voxels in the first views.</param>
/// <param name="PlacesInSecond">[K, 3] int64, the same voxels in the second views.</param>
internal sealed record Vox2VecViews(Tensor First, Tensor Second, Tensor Pairs, Tensor PlacesInFirst, Tensor PlacesInSecond)
{
    /// <summary>Draws the views. The result depends only on the regions and the seed.</summary>
    /// <param name="regions">[B, C, X, Y, Z], intensities in [0, 1]. The body is found in the first channel.</param>
    /// <param name="window">The intensities that are 0 and 1.</param>
    /// <param name="config">Sizes and probabilities.</param>
    /// <param name="seed">Seed of all random numbers.</param>
    public static Vox2VecViews Draw(Tensor regions, IntensityRange window, Vox2VecConfig config, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using var generator = new Generator(seed, regions.device);
        int count = (int)regions.shape[0];
        var size = new Size3((int)regions.shape[2], (int)regions.shape[3], (int)regions.shape[4]);
        double range = window.Upper - window.Lower;
        Vox2VecPair[] pairs = Place(regions, size, (float)((config.AirBelow - window.Lower) / range), config, seed);
        var random = new SplitMix64(SplitMix64.Mix(seed + (ulong)count));
        Tensor View(int pair, VoxelBlock box) =>
            Vox2VecIntensities.Change((box.In(regions[pair / config.Pairs].to(ScalarType.Float32)) * range) + window.Lower, config, ref random, shape => randn(shape, device: regions.device, generator: generator));
        Tensor first = stack([.. pairs.Select((pair, i) => View(i, pair.First))]), second = stack([.. pairs.Select((pair, i) => View(i, pair.Second))]);
        return new Vox2VecViews(
            first.MoveToOuterDisposeScope(), second.MoveToOuterDisposeScope(),
            tensor([.. pairs.SelectMany((pair, i) => Enumerable.Repeat((long)i, pair.Voxels.Count))], device: regions.device).MoveToOuterDisposeScope(),
            Places(pairs, pair => pair.First, regions.device).MoveToOuterDisposeScope(), Places(pairs, pair => pair.Second, regions.device).MoveToOuterDisposeScope());
    }

    // Runs on the CPU with one thread per region.
    private static Vox2VecPair[] Place(Tensor regions, Size3 size, float airBelow, Vox2VecConfig config, ulong seed)
    {
        int count = (int)regions.shape[0];
        float[] given = regions.select(1, 0).cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
        var pairs = new Vox2VecPair[count * config.Pairs];
        Parallel.For(0, count, region =>
        {
            var random = new SplitMix64(SplitMix64.Mix(seed + (ulong)region));
            Vox2VecBody body = Vox2VecBody.Of(given.AsSpan(region * (int)size.Count, (int)size.Count), size, airBelow);
            for (int pair = 0; pair < config.Pairs; pair++) pairs[(region * config.Pairs) + pair] = Vox2VecPair.Draw(body, size, config, ref random);
        });
        return pairs;
    }

    private static Tensor Places(Vox2VecPair[] pairs, Func<Vox2VecPair, VoxelBlock> view, Device device)
    {
        long[] places = [.. pairs.SelectMany(pair => pair.Voxels.SelectMany(voxel => (long[])[voxel.X - view(pair).X, voxel.Y - view(pair).Y, voxel.Z - view(pair).Z]))];
        return tensor(places, [places.Length / 3, 3], device: device);
    }
}
