using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Two views of each crop, all first views before all second ones.</summary>
/// <param name="Damaged">[2B, C, X, Y, Z], the input of the encoder.</param>
/// <param name="Turned">[2B, C, X, Y, Z], the target of the restoration.</param>
/// <param name="Turns">[2B] int64, number of quarter turns.</param>
internal sealed record SupViews(Tensor Damaged, Tensor Turned, Tensor Turns)
{
    private const int NumViews = 2, NumTurns = 4;

    /// <summary>Draws rotations and boxes. The result depends only on the volumes and the seed.</summary>
    /// <param name="volumes">[B, C, X, Y, Z] with Y = Z.</param>
    /// <param name="config">Sizes of the boxes.</param>
    /// <param name="seed">Seed of all random numbers.</param>
    public static SupViews Draw(Tensor volumes, SupConfig config, ulong seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var random = new SplitMix64(seed);
        using var generator = new Generator(seed, volumes.device);
        int samples = (int)volumes.shape[0];
        long[] sides = volumes.shape[2..];
        var turns = new long[NumViews * samples];
        var turned = new Tensor[turns.Length];
        for (int i = 0; i < turns.Length; i++)
        {
            turns[i] = (long)(random.NextDouble() * NumTurns);
            turned[i] = Turn(volumes[i % samples], (int)turns[i]);
        }
        Tensor target = stack(turned), damaged = target.clone();
        for (int view = 0; view < NumViews; view++)
        {
            for (int sample = 0; sample < samples; sample++)
            {
                Tensor one = damaged[(view * samples) + sample];
                CutOut.Noise(one, CutOut.Draw(sides, config, ref random), count => randn(count, device: volumes.device, dtype: volumes.dtype, generator: generator));
                int other = (int)(random.NextDouble() * samples);
                // The other view may be damaged already, if it comes before this one.
                if (other != sample) CutOut.Swap(one, damaged[(view * samples) + other], CutOut.Draw(sides, config, ref random));
            }
        }
        return new SupViews(damaged.MoveToOuterDisposeScope(), target.MoveToOuterDisposeScope(), tensor(turns, device: volumes.device).MoveToOuterDisposeScope());
    }

    /// <summary>Rotates by quarter turns in the plane of y and z.</summary>
    /// <param name="volume">[C, X, Y, Z].</param>
    /// <param name="turns">0 to 3.</param>
    public static Tensor Turn(Tensor volume, int turns) => volume.rot90(turns, (2, 3));
}
