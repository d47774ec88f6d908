using HiEndMae.Engine.Randomness;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Seeds the random numbers that modules draw themselves (dropout, stochastic depth). They depend only on the run's seed and the step, so that a resumed run draws the same.</summary>
internal static class StepSeed
{
    private const long Purpose = 0x5EED;

    /// <summary>Seeds libtorch's generators for a step.</summary>
    public static void Set(int seed, int step) => manual_seed((long)(new RandomSource(seed, Purpose, step).NextBits() >> 1));
}
