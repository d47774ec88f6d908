using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Two views of each region, nested in one box.</summary>
/// <remarks>Source: YtongXie/UniMiSS-code, data_loader3D.py.</remarks>
internal static class UnimissViews
{
    /// <summary>Draws the views: the first of all samples, then the second. The result depends only on the volumes and the seed.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], the regions.</param>
    /// <param name="config">Sizes and probabilities.</param>
    /// <param name="seed">Seed of all random numbers.</param>
    /// <returns>[2B, C, z, y, x].</returns>
    public static Tensor Draw(Tensor volumes, UnimissConfig config, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var random = new SplitMix64(seed);
        using var generator = new Generator(seed, volumes.device);
        int samples = (int)volumes.shape[0];
        var views = new Tensor[2 * samples];
        for (int sample = 0; sample < samples; sample++)
        {
            Tensor volume = volumes[sample];
            (long fromX, long outerX) = Outer(volume.shape[1], config.ViewSize.Z, config, ref random);
            (long fromY, long outerY) = Outer(volume.shape[2], config.ViewSize.Y, config, ref random);
            Tensor outer = volume.narrow(1, fromX, outerX).narrow(2, fromY, outerY);
            for (int view = 0; view < 2; view++)
            {
                Tensor inner = Inner(outer, config, ref random);
                views[(view * samples) + sample] = config.ChangeIntensities ? UnimissIntensities.Change(inner, view == 0 ? UnimissIntensities.First : UnimissIntensities.Second, ref random, generator) : inner;
            }
        }
        return stack(views).MoveToOuterDisposeScope();
    }

    // [C, X, Y, Z] to a view [C, z, y, x].
    private static Tensor Inner(Tensor outer, UnimissConfig config, ref SplitMix64 random)
    {
        using DisposeScope scope = NewDisposeScope();
        Size3 size = config.ViewSize;
        long fromZ = Below(outer.shape[3] - size.X + 1, ref random);
        (long fromX, long lengthX) = Placed(outer.shape[1], size.Z, Factor(config, ref random), ref random);
        (long fromY, long lengthY) = Placed(outer.shape[2], size.Y, Factor(config, ref random), ref random);
        Tensor view = outer.narrow(1, fromX, lengthX).narrow(2, fromY, lengthY).narrow(3, fromZ, size.X).permute(0, 3, 2, 1);
        view = AxisMap.Apply(view, AxisMap.Linear(size.X, size.X), AxisMap.Linear((int)lengthY, size.Y), AxisMap.Linear((int)lengthX, size.Z));
        for (int axis = 1; axis <= 3; axis++)
        {
            if (random.NextDouble() < config.FlipProbability) view = view.flip(axis);
        }
        return view.contiguous().MoveToOuterDisposeScope();
    }

    private static double Factor(UnimissConfig config, ref SplitMix64 random) => 1 + (((2 * random.NextDouble()) - 1) * config.MaxScaling);

    private static (long From, long Length) Outer(long side, int edge, UnimissConfig config, ref SplitMix64 random) =>
        Placed(side, edge, config.MinOuterScale + (random.NextDouble() * (config.MaxOuterScale - config.MinOuterScale)), ref random);

    // If an interval is as long as the side or longer, the edge of the view is used.
    private static (long From, long Length) Placed(long side, int edge, double factor, ref SplitMix64 random)
    {
        long length = (long)(edge * factor);
        if (length >= side) length = edge;
        return (Below(side - length + 1, ref random), length);
    }

    private static long Below(long count, ref SplitMix64 random) => (long)(random.NextDouble() * count);
}
