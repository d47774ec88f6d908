using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>Which patch tokens of each sample are visible: the first <see cref="NumVisible"/> tokens of a permutation.</summary>
public sealed class TokenMask : IDisposable
{
    /// <summary>Takes ownership of <paramref name="shuffle"/>.</summary>
    /// <param name="shuffle">[B, N] int64, a permutation of 0..N-1 per sample, on the device of the model.</param>
    /// <param name="numVisible">V, from 1 to N.</param>
    /// <exception cref="ArgumentOutOfRangeException">V is not in 1..N.</exception>
    public TokenMask(Tensor shuffle, int numVisible)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numVisible, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numVisible, shuffle.shape[1]);
        Shuffle = shuffle;
        NumVisible = numVisible;
        Visible = shuffle.narrow(1, 0, numVisible);
        Hidden = shuffle.narrow(1, numVisible, shuffle.shape[1] - numVisible);
        Restore = shuffle.argsort(1);
    }

    /// <summary>[B, N] int64: the token index at each shuffled position.</summary>
    public Tensor Shuffle { get; }

    /// <summary>[B, N] int64: the shuffled position of each token (the inverse permutation).</summary>
    public Tensor Restore { get; }

    /// <summary>[B, V] int64: the indices of the visible tokens, in shuffled order.</summary>
    public Tensor Visible { get; }

    /// <summary>[B, N - V] int64: the indices of the hidden tokens, in shuffled order.</summary>
    public Tensor Hidden { get; }

    /// <summary>Number of visible tokens V.</summary>
    public int NumVisible { get; }

    /// <summary>The number of visible tokens for a mask ratio: int(N * (1 - ratio)), as in MAE (arXiv:2111.06377, models_mae.py), but at least 1.</summary>
    /// <param name="tokens">Number of tokens N.</param>
    /// <param name="maskRatio">Fraction of tokens that are hidden, in [0, 1).</param>
    public static int CountVisible(long tokens, double maskRatio) => (int)Math.Max(1, (long)(tokens * (1 - maskRatio)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Visible.Dispose();
        Hidden.Dispose();
        Restore.Dispose();
        Shuffle.Dispose();
    }
}
