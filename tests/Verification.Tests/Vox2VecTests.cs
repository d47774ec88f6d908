using HiEndMae.Configuration.Shared;
using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Pretext;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Tests;

/// <summary>What no golden of vox2vec shows: the body of random regions, the places of pairs, and the counts of layers.</summary>
public sealed class Vox2VecTests
{
    private static readonly Size3 Region = new(20, 18, 12);
    private static readonly Vox2VecConfig Config = new() { ViewSize = new Size3(8, 8, 8), Pairs = 3, Voxels = 16, EmbeddingSize = 4 };

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void The_body_is_all_but_the_air_that_a_flood_from_the_sides_reaches(double airFraction)
    {
        var random = new Random((int)(10 * airFraction));
        float[] region = [.. Enumerable.Range(0, (int)Region.Count).Select(_ => random.NextDouble() < airFraction ? 0f : 1f)];
        Vox2VecBody body = Vox2VecBody.Of(region, Region, 0.5f);
        (int X, int Y, int Z)[] expected = [.. Flooded(region)];
        Assert.Equal(expected, body.Within(new VoxelBlock(0, 0, 0, Region.X, Region.Y, Region.Z)));
        Assert.Equal(expected.Length, body.Count);
        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(number => body.Voxel(number)));
        var box = new VoxelBlock(3, 2, 1, 11, 9, 10);
        Assert.Equal(expected.Where(voxel => voxel.X is >= 3 and < 11 && voxel.Y is >= 2 and < 9 && voxel.Z is >= 1 and < 10), body.Within(box));
    }

    [Fact]
    public void Both_views_of_a_pair_lie_in_the_box_of_the_tissue_and_show_its_voxels()
    {
        // A block of tissue with a hole that is closed, so it belongs to the body.
        var region = new float[Region.Count];
        for (int x = 4; x < 16; x++)
        {
            for (int y = 3; y < 15; y++)
            {
                for (int z = 2; z < 12; z++) region[(((x * Region.Y) + y) * Region.Z) + z] = (x, y, z) == (9, 9, 9) ? 0 : 1;
            }
        }
        Vox2VecBody body = Vox2VecBody.Of(region, Region, 0.5f);
        Assert.Equal((12 * 12 * 10, new VoxelBlock(4, 3, 2, 16, 15, 12)), (body.Count, body.Box));
        var random = new SplitMix64(7);
        var starts = new HashSet<long>();
        for (int i = 0; i < 200; i++)
        {
            Vox2VecPair pair = Vox2VecPair.Draw(body, Region, Config, ref random);
            VoxelBlock shared = Vox2VecPair.Shared(pair.First, pair.Second);
            foreach (VoxelBlock view in (VoxelBlock[])[pair.First, pair.Second])
            {
                Assert.True(view.X >= 4 && view.Y >= 3 && view.Z >= 2 && view.EndX <= 16 && view.EndY <= 15 && view.EndZ <= 12, view.ToString());
                Assert.Equal(512, view.Volume);
            }
            Assert.InRange(pair.Voxels.Count, 2, Config.Voxels);
            Assert.Equal(pair.Voxels.Count, pair.Voxels.Distinct().Count());
            Assert.All(pair.Voxels, voxel => Assert.True(voxel.X >= shared.X && voxel.X < shared.EndX && voxel.Y >= shared.Y && voxel.Y < shared.EndY && voxel.Z >= shared.Z && voxel.Z < shared.EndZ));
            starts.Add(pair.First.X);
        }
        Assert.Equal([4L, 5, 6, 7, 8], starts.Order());
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void A_region_without_tissue_or_without_air_has_pairs_too(float value)
    {
        var region = new float[Region.Count];
        Array.Fill(region, value);
        Vox2VecBody body = Vox2VecBody.Of(region, Region, 0.5f);
        Assert.Equal(value > 0 ? Region.Count : 0, body.Count);
        var random = new SplitMix64(3);
        Vox2VecPair pair = Vox2VecPair.Draw(body, Region, Config, ref random);
        Assert.InRange(pair.Voxels.Count, 2, Config.Voxels);
    }

    [Fact]
    public void The_counter_s_parameters_are_those_of_the_task_and_a_seed_gives_one_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new Vox2VecFpnEncoder(new Vox2VecFpnConfig { BaseChannels = 2, NumScales = 3 }, new EncoderContext(1, Config.ViewSize, EncoderUse.Pretraining));
        var context = new DecoderContext(encoder.Info, Region) { Window = new IntensityRange(-1350, 1000) };
        using var task = new Vox2VecTask(Config, context);
        IReadOnlyList<OperationCount> parts = ((IDecoderCounter)Config).Count(context, 0.75);
        Assert.Equal(task.parameters().Sum(parameter => parameter.numel()), parts.Sum(part => part.Parameters));
        const int Width = 2 + 4 + 8;
        Assert.Equal(2L * 3 * 16 * ((2 * Width * Width) + (Width * 4)), parts.Sum(part => part.MultiplyAdds));
        Assert.Equal(6, ((IDecoderCounter)Config).EncoderPasses);
        Tensor volumes = rand(new long[] { 2, 1, Region.X, Region.Y, Region.Z }, generator: new Generator(5));
        float Loss(long seed)
        {
            manual_seed(seed);
            return task.Loss(encoder, new PretextBatch(volumes, null)).item<float>();
        }
        Assert.Equal(Loss(1), Loss(1));
        Assert.NotEqual(Loss(1), Loss(2));
    }

    // Voxel by voxel, through all 26 neighbours.
    private static IEnumerable<(int X, int Y, int Z)> Flooded(float[] region)
    {
        int Place(int x, int y, int z) => (((x * Region.Y) + y) * Region.Z) + z;
        var outside = new bool[region.Length];
        var open = new Queue<(int X, int Y, int Z)>();
        void Reach(int x, int y, int z)
        {
            if (x < 0 || y < 0 || z < 0 || x >= Region.X || y >= Region.Y || z >= Region.Z || outside[Place(x, y, z)] || region[Place(x, y, z)] >= 0.5f) return;
            outside[Place(x, y, z)] = true;
            open.Enqueue((x, y, z));
        }

        for (int z = 0; z < Region.Z; z++)
        {
            for (int x = 0; x < Region.X; x++)
            {
                Reach(x, 0, z);
                Reach(x, Region.Y - 1, z);
            }
            for (int y = 0; y < Region.Y; y++)
            {
                Reach(0, y, z);
                Reach(Region.X - 1, y, z);
            }
        }
        while (open.TryDequeue(out (int X, int Y, int Z) at))
        {
            for (int i = 0; i < 27; i++) Reach(at.X + (i / 9) - 1, at.Y + (i / 3 % 3) - 1, at.Z + (i % 3) - 1);
        }
        for (int i = 0; i < region.Length; i++)
        {
            if (!outside[i]) yield return (i / (Region.Y * Region.Z), i / Region.Z % Region.Y, i % Region.Z);
        }
    }
}
