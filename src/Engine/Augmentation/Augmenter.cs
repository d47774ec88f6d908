using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Augmentation;

/// <summary>Augments batches on the model's device: quarter turns, rotation, zoom, elastic deformation, blur, lower resolution, noise and gamma, in this order.</summary>
/// <remarks>
/// Random values depend only on the seed, the batch and the sample, so that a resumed run sees the same crops. Voxels outside the crop are replaced by those at its
/// border. Labels are those of the nearest voxel.
/// </remarks>
/// <param name="config">Probabilities and ranges.</param>
/// <param name="spacing">Voxel size in mm. Rotations are correct in space even if voxels are not cubes.</param>
/// <param name="seed">Seed of the run.</param>
public sealed class Augmenter(AugmentConfig config, Spacing3 spacing, int seed)
{
    /// <summary>Augments a batch.</summary>
    /// <param name="images">[B, C, X, Y, Z].</param>
    /// <param name="labels">[B, X, Y, Z], int64; null for none.</param>
    /// <param name="batch">Number of the batch.</param>
    /// <returns>The images and labels, in the current dispose scope. Samples for which nothing was drawn are unchanged.</returns>
    public (Tensor Images, Tensor? Labels) Apply(Tensor images, Tensor? labels, int batch)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (!config.IsOn) return (images.alias(), labels?.alias());
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        long samples = images.shape[0];
        var augmented = new Tensor[samples];
        var moved = new Tensor[samples];
        for (int sample = 0; sample < samples; sample++)
        {
            var random = new RandomSource(seed, Purpose.Augment, batch, sample);
            using DisposeScope one = NewDisposeScope();
            Tensor image = images.narrow(0, sample, 1); // [1, C, X, Y, Z]
            Tensor? label = labels?.narrow(0, sample, 1); // [1, X, Y, Z]
            if (config.QuarterTurnProbability > 0)
            {
                foreach (FlipAxis axis in config.QuarterTurnAxes)
                {
                    bool turns = Happens(config.QuarterTurnProbability, ref random);
                    int quarters = 1 + random.NextInt(3);
                    if (!turns) continue;
                    image = Turn(image, axis, quarters, firstAxis: 2);
                    label = label is null ? null : Turn(label, axis, quarters, firstAxis: 1);
                }
            }
            if (config.IsSpatial && SampleGrid(image, ref random) is { } grid)
            {
                image = nn.functional.grid_sample(image, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
                // Single precision represents class indices exactly.
                label = label is null ? null : nn.functional.grid_sample(label.unsqueeze(1).to(ScalarType.Float32), grid, GridSampleMode.Nearest, GridSamplePaddingMode.Border, align_corners: false).squeeze(1).to(ScalarType.Int64);
            }
            image = Intensities(image, ref random);
            augmented[sample] = image.MoveToOuterDisposeScope();
            if (label is not null) moved[sample] = label.MoveToOuterDisposeScope();
        }
        Tensor all = cat(augmented, 0).MoveToOuterDisposeScope();
        return (all, labels is null ? null : cat(moved, 0).MoveToOuterDisposeScope());
    }

    // In the plane of the two other axes, from the first of them to the second.
    private static Tensor Turn(Tensor volume, FlipAxis axis, int quarters, int firstAxis)
    {
        long[] plane = [.. Enumerable.Range(0, 3).Where(one => one != (int)axis).Select(one => (long)(firstAxis + one))];
        bool isSquare = volume.shape[plane[0]] == volume.shape[plane[1]];
        return (isSquare ? quarters : 2) switch
        {
            1 => volume.transpose(plane[0], plane[1]).flip(plane[0]),
            2 => volume.flip(plane),
            _ => volume.transpose(plane[0], plane[1]).flip(plane[1]),
        };
    }

    // Where each voxel comes from, [1, X, Y, Z, 3]; null if nothing was drawn.
    private Tensor? SampleGrid(Tensor image, ref RandomSource random)
    {
        bool rotates = Happens(config.RotationProbability, ref random);
        double[] angles = [.. Draw(3, -config.RotationDegrees, config.RotationDegrees, ref random).Select(angle => angle * Math.PI / 180)];
        bool scales = Happens(config.ScaleProbability, ref random);
        double zoom = LogUniform(config.ScaleRange, ref random);
        bool bends = Happens(config.ElasticProbability, ref random);
        int points = config.ElasticPoints;
        float[] shifts = bends ? [.. Normal(3 * points * points * points, ref random).Select(value => (float)(config.ElasticMm * value))] : [];
        if (!rotates && !scales && !bends) return null;
        long[] shape = image.shape;
        // Edges of the crop in the order of the sampler, whose first coordinate is along the last axis.
        double[] edges = [shape[4] * spacing.Z, shape[3] * spacing.Y, shape[2] * spacing.X];
        double[,] turn = Rotation(rotates ? angles : [0, 0, 0]);
        var theta = new float[12];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++) theta[4 * row + column] = (float)(turn[row, column] * edges[column] / edges[row] / (scales ? zoom : 1));
        }
        Tensor grid = nn.functional.affine_grid(tensor(theta, [1, 3, 4]), [1, 1, shape[2], shape[3], shape[4]], align_corners: false);
        if (bends)
        {
            Tensor coarse = tensor(shifts, [1, 3, points, points, points]) * tensor((float[])[.. edges.Select(edge => (float)(2 / edge))], [1, 3, 1, 1, 1]);
            grid = grid + nn.functional.interpolate(coarse, [shape[2], shape[3], shape[4]], mode: InterpolationMode.Trilinear, align_corners: true).permute(0, 2, 3, 4, 1);
        }
        return grid.to(image.device);
    }

    private Tensor Intensities(Tensor image, ref RandomSource random)
    {
        if (Happens(config.BlurProbability, ref random)) image = Blur(image, Uniform(config.BlurRange, ref random));
        if (Happens(config.LowResolutionProbability, ref random))
        {
            double factor = Uniform(config.LowResolutionRange, ref random);
            long[] size = image.shape[2..], small = [.. size.Select(edge => Math.Max(1, (long)Math.Round(edge * factor)))];
            image = nn.functional.interpolate(nn.functional.interpolate(image, small, mode: InterpolationMode.Nearest), size, mode: InterpolationMode.Trilinear, align_corners: false);
        }
        if (Happens(config.NoiseProbability, ref random))
        {
            double deviation = config.NoiseDeviation * random.NextDouble();
            // libtorch's generator is seeded for every step.
            image = image + randn_like(image) * deviation;
        }
        return Happens(config.GammaProbability, ref random) ? Gamma(image, LogUniform(config.GammaRange, ref random)) : image;
    }

    /// <summary>Gaussian blur, axis by axis. Voxels outside are replaced by those at the border.</summary>
    internal static Tensor Blur(Tensor image, double sigma)
    {
        int radius = (int)Math.Ceiling(3 * sigma);
        float[] weights = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(at => (float)Math.Exp(-at * at / (2 * sigma * sigma)))];
        float sum = weights.Sum();
        long channels = image.shape[1];
        Tensor kernel = tensor((float[])[.. weights.Select(weight => weight / sum)]).to(image.device);
        for (int axis = 0; axis < 3; axis++)
        {
            long[] shape = [1, 1, 1, 1, 1], padding = [0, 0, 0, 0, 0, 0];
            shape[2 + axis] = weights.Length;
            (padding[2 * (2 - axis)], padding[2 * (2 - axis) + 1]) = (radius, radius);
            Tensor padded = nn.functional.pad(image, padding, PaddingModes.Replicate);
            image = nn.functional.conv3d(padded, kernel.reshape(shape).expand(channels, 1, shape[2], shape[3], shape[4]), groups: channels);
        }
        return image;
    }

    /// <summary>Gamma curve over the range of each channel. Mean and standard deviation are kept.</summary>
    internal static Tensor Gamma(Tensor image, double exponent)
    {
        long[] space = [2, 3, 4];
        Tensor low = image.amin(space, keepdim: true), range = image.amax(space, keepdim: true) - low;
        Tensor mean = image.mean(space, keepdim: true), deviation = image.std(space, unbiased: false, keepdim: true);
        Tensor curved = ((image - low) / range.clamp_min(1e-7)).pow(exponent) * range + low;
        return (curved - curved.mean(space, keepdim: true)) / curved.std(space, unbiased: false, keepdim: true).clamp_min(1e-7) * deviation + mean;
    }

    // Rotates about the three axes of the sampler, one after another.
    private static double[,] Rotation(double[] angles)
    {
        double[,] result = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
        for (int axis = 0; axis < 3; axis++)
        {
            (double sin, double cos) = Math.SinCos(angles[axis]);
            int a = (axis + 1) % 3, b = (axis + 2) % 3;
            double[,] turn = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
            (turn[a, a], turn[a, b], turn[b, a], turn[b, b]) = (cos, -sin, sin, cos);
            var product = new double[3, 3];
            for (int row = 0; row < 3; row++)
            {
                for (int column = 0; column < 3; column++)
                {
                    for (int k = 0; k < 3; k++) product[row, column] += turn[row, k] * result[k, column];
                }
            }
            result = product;
        }
        return result;
    }

    private static bool Happens(double probability, ref RandomSource random) => random.NextDouble() < probability;

    private static double Uniform(IReadOnlyList<double> range, ref RandomSource random) => range[0] + (range[1] - range[0]) * random.NextDouble();

    // Shrinking and growing are equally likely.
    private static double LogUniform(IReadOnlyList<double> range, ref RandomSource random) => range[0] * Math.Pow(range[1] / range[0], random.NextDouble());

    private static double[] Draw(int count, double low, double high, ref RandomSource random)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = low + (high - low) * random.NextDouble();
        return values;
    }

    // Box-Muller transform.
    private static double[] Normal(int count, ref RandomSource random)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return values;
    }
}
