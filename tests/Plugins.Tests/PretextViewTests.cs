using HiEndMae.Configuration.Shared;
using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Pretext;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>The views that pretext tasks cut and change, and what they refuse.</summary>
public sealed class PretextViewTests
{
    private static readonly Pcrlv2Config Pcrl = new()
    {
        GlobalSize = new Size3(16, 16, 8), GlobalBoxes = [new Size3(20, 18, 12), new Size3(16, 16, 16)], LocalViews = 3, LocalSize = Size3.Cube(8), LocalBoxes = [Size3.Cube(8), new Size3(12, 10, 6)],
    };

    [Fact]
    public void Smoothing_keeps_constants_and_linear_maps_equal_the_librarys_interpolation()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor constant = full([2, 9, 7, 5], 3.0f), noise = Noise(1, [2, 9, 7, 5]);
        Tensor smooth = AxisMap.Apply(constant, AxisMap.Gaussian(9, 2.5), AxisMap.Gaussian(7, 0.7), AxisMap.Gaussian(5, 0));
        Assert.True(smooth.allclose(constant, atol: 1e-5));
        Tensor ours = AxisMap.Apply(noise, AxisMap.Linear(9, 13), AxisMap.Linear(7, 7), AxisMap.Linear(5, 3));
        Tensor theirs = nn.functional.interpolate(noise.unsqueeze(0), [13, 7, 3], mode: InterpolationMode.Trilinear, align_corners: false).squeeze(0);
        Assert.True(ours.allclose(theirs, atol: 1e-5));
        Tensor sums = AxisMap.Apply(ones([1, 5, 5, 5]), AxisMap.Window(5, 1), AxisMap.Window(5, 1), AxisMap.Window(5, 1));
        Assert.Equal((8f, 27f), (sums[0, 0, 0, 0].item<float>(), sums[0, 2, 2, 2].item<float>()));
    }

    [Fact]
    public void Affine_maps_of_nothing_and_of_flips_are_exact()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor volume = Noise(2, [1, 1, 6, 8, 4]);
        Assert.True(AffineMap.Resample(volume, AffineMap.Scaling(1, 1, 1)).allclose(volume, atol: 1e-5));
        Assert.True(AffineMap.Resample(volume, AffineMap.Scaling(-1, 1, 1)).allclose(volume.flip(2), atol: 1e-5));
        Tensor cube = Noise(3, [1, 1, 6, 6, 6]);
        Assert.True(AffineMap.Resample(cube, AffineMap.Rotation(2, Math.PI / 2)).allclose(cube.rot90(1, (2, 3)), atol: 1e-4) || AffineMap.Resample(cube, AffineMap.Rotation(2, Math.PI / 2)).allclose(cube.rot90(3, (2, 3)), atol: 1e-4));
    }

    [Fact]
    public void Boxes_of_large_views_overlap_and_all_boxes_lie_in_the_region()
    {
        var random = new SplitMix64(4);
        var region = new Size3(30, 28, 24);
        for (int i = 0; i < 200; i++)
        {
            Pcrlv2Boxes boxes = Pcrlv2Boxes.Draw(region, Pcrl, ref random);
            Assert.True(Pcrlv2Boxes.Overlap(boxes.First, boxes.Second) > Pcrl.MinOverlap);
            Assert.Equal(Pcrl.LocalViews, boxes.Local.Count);
            Assert.All((VoxelBlock[])[boxes.First, boxes.Second, .. boxes.Local], box =>
            {
                Assert.True(box.X >= 0 && box.Y >= 0 && box.Z >= 0 && box.EndX <= region.X && box.EndY <= region.Y && box.EndZ <= region.Z);
                Assert.True(box.Volume > 0);
            });
        }
    }

    [Fact]
    public void Boxes_that_cannot_overlap_enough_are_the_same()
    {
        var random = new SplitMix64(5);
        Pcrlv2Boxes boxes = Pcrlv2Boxes.Draw(Size3.Cube(400), Pcrl with { GlobalBoxes = [new Size3(8, 8, 8)], MinOverlap = 0.99 }, ref random);
        Assert.Equal(boxes.First, boxes.Second);
    }

    [Fact]
    public void Views_of_pcrlv2_are_normalised_and_depend_on_the_seed_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor volumes = Noise(6, [2, 1, 30, 28, 24]);
        Pcrlv2Views views = Pcrlv2Views.Draw(volumes, Pcrl, 7), again = Pcrlv2Views.Draw(volumes, Pcrl, 7), other = Pcrlv2Views.Draw(volumes, Pcrl, 8);
        Assert.Equal([2, 1, 16, 16, 8], views.First.shape);
        Assert.Equal([6, 1, 8, 8, 8], views.Local.shape);
        foreach (Tensor view in (Tensor[])[views.First[0], views.Second[1], views.Local[5]])
        {
            Assert.InRange(view.mean().item<float>(), -1e-4f, 1e-4f);
            Assert.InRange(view.std().item<float>(), 0.999f, 1.001f);
        }
        Assert.InRange(views.Target.min().item<float>(), 0f, 1f);
        Assert.InRange(views.Target.max().item<float>(), 0f, 1.0001f);
        Assert.Equal(0, (views.First - again.First).abs().max().item<float>());
        Assert.True((views.First - other.First).abs().max().item<float>() > 0.1);
    }

    [Fact]
    public void Views_of_unimiss_are_slabs_across_z_and_depend_on_the_seed_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        var config = new UnimissConfig { ViewSize = new Size3(16, 24, 32), ChangeIntensities = false };
        // Intensities rise along z, so that slices of a view have one value each.
        Tensor volumes = arange(20, dtype: ScalarType.Float32).reshape(1, 1, 1, 1, 20).expand(2, 1, 60, 40, 20).contiguous();
        Tensor views = UnimissViews.Draw(volumes, config, 9);
        Assert.Equal([4, 1, 16, 24, 32], views.shape);
        Assert.InRange((views.amax([3, 4]) - views.amin([3, 4])).max().item<float>(), 0f, 1e-4f);
        Assert.Equal(0, (views - UnimissViews.Draw(volumes, config, 9)).abs().max().item<float>());
        Tensor changed = UnimissViews.Draw(volumes, config with { ChangeIntensities = true }, 9);
        Assert.True(changed.isfinite().all().item<bool>());
        Assert.True((changed - views).abs().max().item<float>() > 0.1);
    }

    [Fact]
    public void Damage_of_gvsl_keeps_most_voxels_of_a_large_crop_and_shuffles_nothing_in_a_small_one()
    {
        var size = Size3.Cube(40);
        float[] crop = [.. Enumerable.Range(0, (int)size.Count).Select(i => i % 97 / 97f)], damaged = new float[crop.Length];
        var config = new GvslConfig { ShuffleProbability = 1, ShuffleWindows = 50, BendProbability = 0, PaintedBoxes = 0 };
        var random = new SplitMix64(10);
        GvslDamage.Apply(crop, damaged, size, config, ref random);
        int changed = crop.Zip(damaged, (one, other) => one == other ? 0 : 1).Sum();
        Assert.InRange(changed, 1, 50 * 8);
        Assert.Equal(crop.Order().Take(10), damaged.Order().Take(10));
        GvslDamage.Apply(crop.AsSpan(0, 16 * 16 * 16), damaged.AsSpan(0, 16 * 16 * 16), Size3.Cube(16), config, ref random);
        Assert.Equal(crop[..(16 * 16 * 16)], damaged[..(16 * 16 * 16)]);
    }

    [Theory]
    [InlineData("pcrlv2", 1, 32, "this batch has one")]
    [InlineData("pcrlv2", 2, 16, "a crop of 16x16x16 is smaller")]
    [InlineData("gvsl", 3, 32, "3 cannot be paired")]
    [InlineData("gvsl", 2, 8, "use sides of at least 16")]
    [InlineData("unimiss", 2, 16, "a crop of 16x16x16 is smaller")]
    public void Batches_and_crops_that_do_not_fit_are_refused(string name, int batch, int edge, string message)
    {
        IDecoderCounter counter = name switch { "pcrlv2" => Pcrl, "gvsl" => new GvslConfig(), _ => new UnimissConfig { ViewSize = Size3.Cube(32) } };
        var encoder = new PyramidEncoderInfo(1, [new PyramidLevel(8, Size3.Cube(1)), new PyramidLevel(16, Size3.Cube(2))]) { IsTopDown = true, SliceEmbedding = 8 };
        PluginException error = Assert.Throws<PluginException>(() => counter.Count(new DecoderContext(encoder, Size3.Cube(edge)) { BatchSize = batch }, 0));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void An_encoder_without_slices_is_refused_by_unimiss()
    {
        var encoder = new PyramidEncoderInfo(1, [new PyramidLevel(8, Size3.Cube(1)), new PyramidLevel(16, Size3.Cube(2))]) { IsTopDown = true };
        IDecoderCounter counter = new UnimissConfig { ViewSize = Size3.Cube(32) };
        Assert.Contains("takes_slices", Assert.Throws<PluginException>(() => counter.Count(new DecoderContext(encoder, Size3.Cube(64)), 0)).Message);
    }

    [Fact]
    public void Mit_has_class_tokens_and_slices_in_pre_training_alone_and_counts_them()
    {
        using DisposeScope scope = NewDisposeScope();
        var config = new MitConfig
        {
            StemChannels = 4, EmbedDims = [4, 8, 8, 16], NumHeads = [1, 2, 2, 4], DecoderNumHeads = [2, 2, 2], Depths = [1, 2, 1, 1], DecoderDepths = [1, 1, 2], SrRatios = [2, 2, 1, 1], DecoderSrRatios = [1, 2, 2], TakesSlices = true,
        };
        var context = new EncoderContext(1, new Size3(16, 64, 32), EncoderUse.Pretraining);
        using var encoder = new MitEncoder(config, context);
        Assert.Equal(((IEncoderCounter)config).Count(context, 0).Sum(part => part.Parameters), encoder.parameters().Sum(parameter => parameter.numel()));
        Tensor volumes = rand([2, 1, 16, 64, 32]);
        Assert.Equal([2, 4], encoder.EmbedVolumes(volumes).shape);
        Tensor slices = encoder.EmbedSlices(rand([3, 1, 64, 32]));
        Assert.Equal([3, 4], slices.shape);
        using var later = new MitEncoder(config, context with { Use = EncoderUse.Segmentation });
        Assert.DoesNotContain(later.named_parameters(), entry => entry.name.StartsWith("pretraining.", StringComparison.Ordinal));
        Assert.Equal(encoder.named_parameters().Select(entry => entry.name).Where(name => !name.StartsWith("pretraining.", StringComparison.Ordinal)).Order(), later.named_parameters().Select(entry => entry.name).Order());
        Assert.Throws<InvalidOperationException>(() => later.EmbedVolumes(volumes));
    }

    [Fact]
    public void Gradients_of_unimiss_are_clipped_one_by_one()
    {
        using DisposeScope scope = NewDisposeScope();
        using var large = new TorchSharp.Modules.Parameter(zeros(4));
        using var small = new TorchSharp.Modules.Parameter(zeros(4));
        using var none = new TorchSharp.Modules.Parameter(zeros(4));
        large.grad = full([4], 100f);
        small.grad = full([4], 0.1f);
        UnimissUpdates.Clip([large, small, none], 0.3, lossScale: 2);
        Assert.Equal(0.6f, large.grad!.norm().item<float>(), 3);
        Assert.Equal(0.2f, small.grad!.norm().item<float>(), 3);
    }

    private static Tensor Noise(ulong seed, long[] size)
    {
        using var generator = new Generator(seed);
        return rand(size, generator: generator);
    }
}
