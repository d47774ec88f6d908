using HiEndMae.Engine.Randomness;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Masking;

/// <summary>Random masking: for each sample a uniform permutation of the N tokens, of which the first V are visible (MAE, arXiv:2111.06377).</summary>
public static class RandomMasking
{
    /// <summary>The mask of a batch for a pretext task.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="task">The pretext task.</param>
    /// <param name="samples">Samples B of the batch.</param>
    /// <param name="maskRatio">Fraction of tokens that are hidden, in [0, 1).</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="batch">Number of the batch. The mask depends only on it and the seed.</param>
    /// <param name="device">Device of the model.</param>
    /// <returns>Null if the task uses no mask, or the encoder has no tokens. The caller disposes it.</returns>
    public static TokenMask? For(Encoder encoder, PretextTask task, int samples, double maskRatio, long seed, long batch, Device device)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(task);
        return task.UsesMask && encoder.Info is TokenEncoderInfo info ? Create(samples, (int)info.Grid.Count, maskRatio, seed, batch, device) : null;
    }

    /// <summary>The mask of a batch. The caller disposes it.</summary>
    /// <param name="samples">Samples B.</param>
    /// <param name="tokens">Tokens N of a sample.</param>
    /// <param name="maskRatio">Fraction of tokens that are hidden, in [0, 1).</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="batch">Number of the batch.</param>
    /// <param name="device">Device of the model.</param>
    public static TokenMask Create(int samples, int tokens, double maskRatio, long seed, long batch, Device device) =>
        Draw(samples, tokens, TokenMask.CountVisible(tokens, maskRatio), seed, batch, device);

    /// <summary>Draws the mask of a batch with a given number of visible tokens. The caller disposes it.</summary>
    /// <param name="samples">Samples B.</param>
    /// <param name="tokens">Tokens N of a sample.</param>
    /// <param name="visible">Tokens that are seen, from 1 to N.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="batch">Number of the batch.</param>
    /// <param name="device">Device of the model.</param>
    public static TokenMask Draw(int samples, int tokens, int visible, long seed, long batch, Device device)
    {
        var shuffle = new long[samples * tokens];
        for (int sample = 0; sample < samples; sample++)
            new RandomSource(seed, Purpose.Mask, batch, sample).Permute(shuffle.AsSpan(sample * tokens, tokens));
        Tensor indices = tensor(shuffle, samples, tokens, device: device); // [B, N]
        return new TokenMask(indices, visible);
    }
}
