using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>vox2vec's changes of intensities, on views in HU [C, X, Y, Z].</summary>
/// <remarks>Source: mishgon/vox2vec, vox2vec/pretrain/data.py; filters as scipy.ndimage's <c>gaussian_filter1d</c> (mode reflect, truncate 4).</remarks>
internal static class Vox2VecIntensities
{
    private static readonly (double Low, double High) BlurSigmas = (0.25, 1.5), SharpenSigmas = (0.5, 1), SharpenFactors = (10, 30);
    private const double SecondSigma = 0.5;

    /// <summary>Filters a view, adds noise, and scales a window to [0, 1].</summary>
    /// <param name="view">[C, X, Y, Z] in HU.</param>
    /// <param name="config">Probabilities.</param>
    /// <param name="random">Random numbers.</param>
    /// <param name="noise">Returns a tensor of normal values of a given shape.</param>
    public static Tensor Change(Tensor view, Vox2VecConfig config, ref SplitMix64 random, Func<long[], Tensor> noise)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = view;
        if (random.NextDouble() < config.FilterProbability)
        {
            x = random.NextDouble() < config.SharpenProbability
                ? Sharpen(x, Uniform(SharpenSigmas, ref random), SecondSigma, Uniform(SharpenFactors, ref random))
                : Blur(x, Uniform(BlurSigmas, ref random));
        }
        if (random.NextDouble() < config.NoiseProbability) x = x + (noise(x.shape) * (random.NextDouble() * config.NoiseDeviation));
        IReadOnlyList<double> ends = config.RandomWindow;
        bool isRandom = random.NextDouble() < config.WindowProbability;
        (double lower, double upper) = isRandom ? (Uniform((ends[0], ends[1]), ref random), Uniform((ends[2], ends[3]), ref random)) : (ends[0], ends[3]);
        return Window(x, lower, upper).MoveToOuterDisposeScope();
    }

    /// <summary>Clips intensities to a window and scales them to [0, 1].</summary>
    public static Tensor Window(Tensor view, double lower, double upper) => (view.clamp(lower, upper) - lower) / (upper - lower);

    /// <summary>Gaussian blur along x and y.</summary>
    /// <param name="view">[C, X, Y, Z].</param>
    /// <param name="sigma">Standard deviation in voxels.</param>
    public static Tensor Blur(Tensor view, double sigma)
    {
        using DisposeScope scope = NewDisposeScope();
        return Along(Along(view, 1, sigma), 2, sigma).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the difference between a blurred view and the same view blurred twice.</summary>
    /// <param name="view">[C, X, Y, Z].</param>
    /// <param name="first">Standard deviation of the first blur.</param>
    /// <param name="second">Standard deviation of the second blur.</param>
    /// <param name="factor">Factor of the difference.</param>
    public static Tensor Sharpen(Tensor view, double first, double second, double factor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor blurred = Blur(view, first);
        return (blurred + (factor * (blurred - Blur(blurred, second)))).MoveToOuterDisposeScope();
    }

    private static Tensor Along(Tensor view, int axis, double sigma)
    {
        double[] weights = GaussianWindow.Weights(sigma);
        int side = (int)view.shape[axis], radius = weights.Length / 2;
        Tensor padded = view.index_select(axis, tensor([.. Enumerable.Range(-radius, side + (2 * radius)).Select(place => (long)GaussianWindow.Mirrored(place, side))], device: view.device));
        Tensor result = zeros_like(view);
        for (int i = 0; i < weights.Length; i++) result.add_(padded.narrow(axis, i, side), alpha: weights[i]);
        return result;
    }

    private static double Uniform((double Low, double High) range, ref SplitMix64 random) => range.Low + (random.NextDouble() * (range.High - range.Low));
}
