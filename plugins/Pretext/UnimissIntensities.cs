using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Changes of a view's intensities: noise, smoothing, a factor, an offset, contrast and gamma, in this order. All changes except the noise are drawn for each slice.</summary>
/// <remarks>Source: YtongXie/UniMiSS-code, data_loader3D.py, which calls batchgenerators with slices in the place of channels.</remarks>
/// <param name="Blurs">Probability that a view is smoothed.</param>
/// <param name="BlursSlice">Probability that a slice of such a view is smoothed.</param>
/// <param name="Scales">Probability that a view is multiplied.</param>
/// <param name="Shifts">Probability that a number is added to slices of a view.</param>
/// <param name="ShiftsSlice">Probability that a number is added to a slice of such a view.</param>
/// <param name="Bends">Probability of a gamma.</param>
internal sealed record UnimissIntensities(double Blurs, double BlursSlice, double Scales, double Shifts, double ShiftsSlice, double Bends)
{
    private const double MaxNoise = 0.1, MinBlur = 0.1, MaxBlur = 2, MaxScaling = 0.25, ShiftDeviation = 0.4, MinContrast = 0.75, MaxContrast = 1.25, MinGamma = 0.7, MaxGamma = 1.5, RangeEps = 1e-7, DeviationEps = 1e-8;

    /// <summary>Probabilities of the first view.</summary>
    public static UnimissIntensities First { get; } = new(0.8, 0.8, 0.8, 0.8, 0.8, 0.8);

    /// <summary>Probabilities of the second view.</summary>
    public static UnimissIntensities Second { get; } = new(0.8, 0.5, 1, 0.5, 0.8, 1);

    /// <summary>Returns a changed view.</summary>
    /// <param name="view">[C, z, y, x].</param>
    /// <param name="rules">Probabilities.</param>
    /// <param name="random">Random numbers.</param>
    /// <param name="generator">Random numbers of the noise.</param>
    public static Tensor Change(Tensor view, UnimissIntensities rules, ref SplitMix64 random, Generator generator)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] size = view.shape;
        int slices = (int)(size[0] * size[1]);
        Tensor x = view + (randn(size, dtype: view.dtype, device: view.device, generator: generator) * (random.NextDouble() * MaxNoise));
        x = x.reshape(slices, size[2], size[3]); // [S, y, x]
        if (random.NextDouble() < rules.Blurs) x = Smoothed(x, rules.BlursSlice, ref random);
        if (random.NextDouble() < rules.Scales) x = x * Each(x, slices, 1, ref random, static (ref SplitMix64 numbers, double _) => 1 + (((2 * numbers.NextDouble()) - 1) * MaxScaling));
        if (random.NextDouble() < rules.Shifts) x = x + Each(x, slices, rules.ShiftsSlice, ref random, static (ref SplitMix64 numbers, double chance) => numbers.NextDouble() < chance ? Normal(ref numbers) * ShiftDeviation : 0);
        Tensor mean = x.mean([1, 2], keepdim: true), low = x.amin([1, 2], keepdim: true), high = x.amax([1, 2], keepdim: true);
        x = ((x - mean) * Each(x, slices, 1, ref random, static (ref SplitMix64 numbers, double _) => AroundOne(MinContrast, MaxContrast, ref numbers))) + mean;
        x = x.maximum(low).minimum(high);
        if (random.NextDouble() < rules.Bends) x = Bent(x, Each(x, slices, 1, ref random, static (ref SplitMix64 numbers, double _) => AroundOne(MinGamma, MaxGamma, ref numbers)));
        return x.reshape(size).MoveToOuterDisposeScope();
    }

    private delegate double SliceDraw(ref SplitMix64 random, double chance);

    // [S, 1, 1], a number for each slice.
    private static Tensor Each(Tensor like, int slices, double chance, ref SplitMix64 random, SliceDraw draw)
    {
        var numbers = new double[slices];
        for (int slice = 0; slice < slices; slice++) numbers[slice] = draw(ref random, chance);
        return tensor(numbers, dtype: like.dtype, device: like.device).reshape(slices, 1, 1);
    }

    private static Tensor Smoothed(Tensor x, double chance, ref SplitMix64 random)
    {
        using DisposeScope scope = NewDisposeScope();
        int slices = (int)x.shape[0];
        Tensor[] alongY = new Tensor[slices], alongX = new Tensor[slices];
        for (int slice = 0; slice < slices; slice++)
        {
            double deviation = random.NextDouble() < chance ? MinBlur + (random.NextDouble() * (MaxBlur - MinBlur)) : 0;
            alongY[slice] = from_array(AxisMap.Gaussian((int)x.shape[1], deviation));
            alongX[slice] = from_array(AxisMap.Gaussian((int)x.shape[2], deviation));
        }
        Tensor Matrices(Tensor[] maps) => stack(maps).to(x.dtype).to(x.device);
        return Matrices(alongY).matmul(x).matmul(Matrices(alongX).transpose(1, 2)).MoveToOuterDisposeScope();
    }

    // Gamma within the range of each slice. Mean and standard deviation are kept.
    private static Tensor Bent(Tensor x, Tensor gamma)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Mean(Tensor values) => values.mean([1, 2], keepdim: true);
        Tensor Deviation(Tensor values) => (values - Mean(values)).square().mean([1, 2], keepdim: true).sqrt();
        Tensor low = x.amin([1, 2], keepdim: true), range = x.amax([1, 2], keepdim: true) - low + RangeEps;
        Tensor bent = (((x - low) / range).pow(gamma) * range) + low;
        return (((bent - Mean(bent)) / (Deviation(bent) + DeviationEps) * Deviation(x)) + Mean(x)).MoveToOuterDisposeScope();
    }

    // Below 1 as often as above.
    private static double AroundOne(double low, double high, ref SplitMix64 random) => random.NextDouble() < 0.5 ? low + (random.NextDouble() * (1 - low)) : 1 + (random.NextDouble() * (high - 1));

    private static double Normal(ref SplitMix64 random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
