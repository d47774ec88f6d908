using HiEndMae.Engine.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Masking;

/// <summary>Random masking: per sample a permutation of the N tokens, of which the first <c>int(N * (1 - mask_ratio))</c> are visible (MAE, arXiv:2111.06377).</summary>
public static class RandomMasking
{
    /// <summary>V, at least 1.</summary>
    /// <param name="tokens">N.</param>
    /// <param name="maskRatio">Fraction hidden, in [0, 1).</param>
    public static int NumVisible(int tokens, double maskRatio) => Math.Max(1, (int)(tokens * (1 - maskRatio)));

    /// <summary>The masks of a batch; the caller disposes them.</summary>
    /// <param name="batch">B.</param>
    /// <param name="tokens">N.</param>
    /// <param name="maskRatio">Fraction hidden, in [0, 1).</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">Optimiser step, so that every step has masks of its own.</param>
    /// <param name="device">Where the model is.</param>
    public static TokenMask Create(int batch, int tokens, double maskRatio, long seed, long step, Device device)
    {
        var shuffle = new long[batch * tokens];
        for (int sample = 0; sample < batch; sample++)
            new RandomSource(seed, Purpose.Mask, step, sample).Permute(shuffle.AsSpan(sample * tokens, tokens));
        Tensor indices = tensor(shuffle, batch, tokens, device: device); // [B, N]
        return new TokenMask(indices, NumVisible(tokens, maskRatio));
    }
}
