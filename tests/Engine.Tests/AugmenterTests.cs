using HiEndMae.Engine.Augmentation;
using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

public sealed class AugmenterTests
{
    private static readonly Spacing3 Unit = Spacing3.Isotropic(1);

    [Fact]
    public void Without_settings_nothing_is_augmented()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand([2, 1, 4, 4, 4]), labels = randint(0, 3, [2, 4, 4, 4], ScalarType.Int64);
        (Tensor same, Tensor? kept) = new Augmenter(new AugmentConfig(), Unit, 0).Apply(images, labels, 3);
        Assert.True(same.eq(images).all().item<bool>());
        Assert.True(kept!.eq(labels).all().item<bool>());
    }

    // Intensity is a linear function of the place, so what lies at a voxel says where it came from.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    public void A_rotation_keeps_distances_in_space_also_with_anisotropic_voxels(double x, double z)
    {
        using DisposeScope scope = NewDisposeScope();
        var config = new AugmentConfig { RotationProbability = 1, RotationDegrees = 20 };
        long edge = 24;
        Tensor along = (arange(edge).to(ScalarType.Float32) - 11.5f);
        Tensor places = stack([
            (along * x).reshape(edge, 1, 1).expand(edge, edge, edge), along.reshape(1, edge, 1).expand(edge, edge, edge), (along * z).reshape(1, 1, edge).expand(edge, edge, edge),
        ]).unsqueeze(0).contiguous(); // [1, 3, X, Y, Z], mm
        Tensor moved = new Augmenter(config, new Spacing3(x, 1, z), 5).Apply(places, null, 0).Images;
        // In the middle nothing comes from outside.
        Tensor before = places.slice(2, 9, 15, 1).slice(3, 9, 15, 1).slice(4, 9, 15, 1), after = moved.slice(2, 9, 15, 1).slice(3, 9, 15, 1).slice(4, 9, 15, 1);
        Assert.Equal(0, (before.square().sum(1) - after.square().sum(1)).abs().max().item<float>(), 1e-3);
        Assert.True((before - after).abs().max().item<float>() > 0.1);
    }

    [Fact]
    public void Quarter_turns_about_the_named_axes_move_image_and_labels_alike()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = arange(64, ScalarType.Int64).reshape(1, 4, 4, 4);
        var config = new AugmentConfig { QuarterTurnProbability = 1, QuarterTurnAxes = [FlipAxis.X] };
        (Tensor images, Tensor? turned) = new Augmenter(config, Unit, 1).Apply(labels.to(ScalarType.Float32).unsqueeze(1), labels, 0);
        Assert.True(images.squeeze(1).to(ScalarType.Int64).eq(turned!).all().item<bool>());
        // Each slice along x keeps its voxels, in another order.
        Assert.False(turned!.eq(labels).all().item<bool>());
        Assert.True((turned.to(ScalarType.Float32) / 16).floor().eq((labels.to(ScalarType.Float32) / 16).floor()).all().item<bool>());
        // Edges that differ: half turns alone keep the shape.
        Tensor flat = rand([1, 1, 4, 3, 4]);
        Assert.Equal(flat.shape, new Augmenter(config with { QuarterTurnAxes = [FlipAxis.X, FlipAxis.Z] }, Unit, 1).Apply(flat, null, 0).Images.shape);
    }

    [Fact]
    public void A_zoom_enlarges_and_labels_follow_the_image()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = zeros([1, 16, 16, 16], ScalarType.Int64);
        labels.narrow(1, 4, 8).narrow(2, 4, 8).narrow(3, 4, 8).fill_(5);
        var config = new AugmentConfig { ScaleProbability = 1, ScaleRange = [1.5, 1.5] };
        (Tensor images, Tensor? followed) = new Augmenter(config, Unit, 1).Apply(labels.to(ScalarType.Float32).unsqueeze(1), labels, 0);
        Assert.Equal(12 * 12 * 12, followed!.eq(5).sum().item<long>());
        Assert.Equal(0, followed.eq(0).logical_or(followed.eq(5)).logical_not().sum().item<long>());
        Assert.Equal(12.0 * 12 * 12 * 5, images.sum().item<float>(), 720.0);
    }

    [Fact]
    public void A_blur_keeps_the_sum_and_has_the_given_width()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor point = zeros([1, 2, 21, 21, 21]);
        point[0, 0, 10, 10, 10] = 1;
        Tensor blurred = Augmenter.Blur(point, 1.5);
        Assert.Equal(1, blurred.sum().item<float>(), 1e-5);
        Assert.Equal(0, blurred.narrow(1, 1, 1).abs().sum().item<float>());
        Tensor along = blurred[0, 0].sum([1, 2]), places = (arange(21).to(ScalarType.Float32) - 10).square();
        Assert.Equal(1.5 * 1.5, (along * places).sum().item<float>(), 0.06);
    }

    [Fact]
    public void A_gamma_curve_keeps_mean_and_deviation()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(2);
        Tensor image = rand([1, 2, 6, 6, 6]) - 0.3, curved = Augmenter.Gamma(image, 1.4);
        Assert.Equal(image.mean().item<float>(), curved.mean().item<float>(), 1e-5);
        Assert.Equal(image.std().item<float>(), curved.std().item<float>(), 1e-4);
        Assert.True((image - curved).abs().max().item<float>() > 0.01);
        Assert.True(Augmenter.Gamma(ones([1, 1, 2, 2, 2]), 1.4).isfinite().all().item<bool>());
    }

    [Fact]
    public void Augmentations_depend_only_on_seed_batch_and_sample_and_leave_no_tensors()
    {
        using DisposeScope scope = NewDisposeScope();
        var config = new AugmentConfig
        {
            RotationProbability = 0.5, ScaleProbability = 0.5, ElasticProbability = 0.5, NoiseProbability = 0.5, BlurProbability = 0.5, GammaProbability = 0.5, LowResolutionProbability = 0.5,
        };
        var augmenter = new Augmenter(config, Unit, 7);
        Tensor images = rand([4, 2, 8, 8, 8]), labels = randint(0, 3, [4, 8, 8, 8], ScalarType.Int64);
        Tensor Of(int batch)
        {
            manual_seed(batch);
            return augmenter.Apply(images, labels, batch).Images;
        }

        Assert.True(Of(3).eq(Of(3)).all().item<bool>());
        Assert.False(Of(3).eq(Of(4)).all().item<bool>());
        long before = Tensor.TotalCount;
        for (int batch = 0; batch < 5; batch++)
        {
            using DisposeScope step = NewDisposeScope();
            (Tensor one, Tensor? other) = augmenter.Apply(images, labels, batch);
            Assert.Equal(images.shape, one.shape);
            Assert.Equal(labels.shape, other!.shape);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
