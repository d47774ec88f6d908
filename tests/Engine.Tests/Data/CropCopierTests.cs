using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

/// <summary>The one pass against the same steps one after another, each written out from its definition in numpy.</summary>
public sealed class CropCopierTests
{
    public static TheoryData<int, int, bool, bool, bool> Cases()
    {
        var data = new TheoryData<int, int, bool, bool, bool>();
        for (int bits = 0; bits < 8; bits++)
        {
            for (int turns = 0; turns < 4; turns++) data.Add(bits % 3, turns, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_pass_equals_the_separate_steps(int place, int turns, bool flipX, bool flipY, bool flipZ)
    {
        // A row of 35: vectors and a rest. Inside, over the far edge of nothing, and larger than the volume on every axis.
        (Size3 size, Size3 start, Size3 crop) = place switch
        {
            0 => (new Size3(9, 10, 41), new Size3(2, 1, 3), new Size3(6, 6, 35)),
            1 => (new Size3(4, 3, 31), new Size3(-1, -1, -2), new Size3(6, 6, 35)),
            _ => (new Size3(9, 4, 40), new Size3(3, -1, 5), new Size3(6, 6, 35)),
        };
        var source = new MadeCase("a", size, (x, y, z) => Made.Value(x % 8, y % 8, z % 16) / 2, (x, y, z) => (x + 2 * y + 3 * z) % 4, channels: 2);
        foreach (int classes in (int[])[4, 300])
        {
            using PreparedCase stored = Made.Prepared(source, classes);
            var plan = new CropPlan(start, crop, flipX, flipY, flipZ, turns, 1.07f, -0.03f);
            var image = new float[2 * crop.Count];
            var label = new long[crop.Count];
            CropCopier.CopyImage(stored, plan, image);
            CropCopier.CopyLabel(stored, plan, label);
            Volume<float> voxels = source.LoadImage(CancellationToken.None);
            for (int channel = 0; channel < 2; channel++)
            {
                float[] expected = Steps(voxels.Channel(channel).ToArray(), size, plan);
                for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i] * 1.07f - 0.03f, image[channel * crop.Count + i], 1e-6f);
            }
            float[] labels = Steps([.. source.LoadLabel(CancellationToken.None)!.Voxels.Select(value => (float)value)], size, plan);
            Assert.Equal(labels.Select(value => (long)value), label);
        }
    }

    // z-scores are below zero for half of the voxels.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Negative_intensities_keep_their_sign(bool flipZ)
    {
        var size = new Size3(6, 6, 35);
        var source = new MadeCase("a", size, (x, y, z) => (x + y + z) % 7);
        var preparer = new CasePreparer(Made.Config(Size3.Cube(8)) with { Intensity = new IntensityConfig { Kind = IntensityKind.Zscore } }, 1, withLabels: false, cropForeground: false);
        using PreparedCase stored = preparer.Prepare(source, CancellationToken.None);
        var crop = new float[size.Count];
        CropCopier.CopyImage(stored, new CropPlan(default, size, false, false, flipZ, 0, 1, 0), crop);
        float[] raw = source.LoadImage(CancellationToken.None).Voxels;
        double mean = raw.Average(value => (double)value), deviation = Math.Sqrt(raw.Average(value => (value - mean) * (value - mean)));
        for (int i = 0; i < crop.Length; i++)
        {
            int at = flipZ ? i / size.Z * size.Z + size.Z - 1 - i % size.Z : i;
            Assert.Equal((float)(Half)((raw[at] - mean) / deviation), crop[i], 1e-3);
        }
        Assert.True(crop.Min() < -1);
        Assert.True(stored.Layout.IsSigned);
    }

    [Fact]
    public void A_crop_without_augmentation_has_the_stored_halves()
    {
        var size = new Size3(8, 8, 16);
        using PreparedCase stored = Made.Prepared(new MadeCase("a", size, Made.Value));
        var crop = new float[size.Count];
        CropCopier.CopyImage(stored, new CropPlan(default, size, false, false, false, 0, 1, 0), crop);
        for (int i = 0; i < crop.Length; i++) Assert.Equal(Made.Value(i / 128, i / 16 % 8, i % 16), crop[i]);
    }

    private static float[] Steps(float[] volume, Size3 size, CropPlan plan)
    {
        Size3 crop = plan.Crop;
        var cut = new float[crop.X, crop.Y, crop.Z];
        Each((x, y, z) =>
        {
            int sx = x + plan.Start.X, sy = y + plan.Start.Y, sz = z + plan.Start.Z;
            bool inside = sx >= 0 && sx < size.X && sy >= 0 && sy < size.Y && sz >= 0 && sz < size.Z;
            cut[x, y, z] = inside ? volume[(sx * size.Y + sy) * size.Z + sz] : 0;
        });
        if (plan.FlipX) cut = Map((x, y, z) => cut[crop.X - 1 - x, y, z]);
        if (plan.FlipY) cut = Map((x, y, z) => cut[x, crop.Y - 1 - y, z]);
        if (plan.FlipZ) cut = Map((x, y, z) => cut[x, y, crop.Z - 1 - z]);
        // numpy.rot90 once: transpose, then the first axis backwards.
        for (int turn = 0; turn < plan.Turns; turn++) cut = Map((x, y, z) => cut[y, crop.X - 1 - x, z]);
        return [.. cut.Cast<float>()];

        float[,,] Map(Func<int, int, int, float> value)
        {
            var result = new float[crop.X, crop.Y, crop.Z];
            Each((x, y, z) => result[x, y, z] = value(x, y, z));
            return result;
        }

        void Each(Action<int, int, int> visit)
        {
            for (int x = 0; x < crop.X; x++)
            {
                for (int y = 0; y < crop.Y; y++)
                {
                    for (int z = 0; z < crop.Z; z++) visit(x, y, z);
                }
            }
        }
    }
}
