using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The products of window attention, from projected tokens to mixed values.</summary>
internal static class WindowProducts
{
    /// <summary>Attention inside windows.</summary>
    /// <param name="packed">[B, X, Y, Z, 3C]: queries, keys and values of every token, without bias.</param>
    /// <param name="bias">[3C], of tokens and padding.</param>
    /// <param name="table">[(2w - 1)^3, H]: bias of a pair's score by relative position.</param>
    /// <param name="plan">Windows of the grid.</param>
    /// <param name="heads">H.</param>
    /// <returns>[B, X, Y, Z, C].</returns>
    public static Tensor Run(Tensor packed, Tensor bias, Tensor table, WindowPlan plan, int heads)
    {
        using DisposeScope scope = NewDisposeScope();
        (long batch, long width, long tokens) = (packed.shape[0], packed.shape[4] / 3, plan.TokensPerWindow);
        Tensor[] parts = (Windows(packed, plan) + bias) // [B W, n, 3C]
            .reshape(batch, plan.NumWindows, tokens, 3, heads, width / heads)
            .permute(3, 0, 1, 4, 2, 5) // [3, B, W, H, n, C/H]
            .unbind(0);
        Tensor products = (parts[0] * Math.Pow((double)width / heads, -0.5)).matmul(parts[1].transpose(-2, -1)); // [B, W, H, n, n]
        Tensor added = table.index_select(0, plan.IndexFor(table).flatten()).reshape(tokens, tokens, heads).permute(2, 0, 1); // [H, n, n]
        // The mask joins the bias, because both together are smaller than the products by the batch.
        if (plan.MaskFor(added) is { } mask) added = added + mask.unsqueeze(1); // [W, H, n, n]
        // In 16-bit precision, the sum is in the table's precision.
        Tensor scores = products.dtype == added.dtype ? products.add_(added) : products + added;
        Tensor weights = scores.softmax(-1);
        // Scores are the largest tensors of the network, and the backward pass needs only the weights.
        products.Dispose();
        scores.Dispose();
        Tensor mixed = weights.to(parts[2].dtype).matmul(parts[2]).transpose(-3, -2).reshape(-1, tokens, width); // [B W, n, C]
        return Grid(mixed, batch, plan).MoveToOuterDisposeScope();
    }

    // [B, X, Y, Z, F] to [B W, n, F].
    private static Tensor Windows(Tensor tokens, WindowPlan plan)
    {
        ((int x, int y, int z), (int nx, int ny, int nz)) = (plan.Counts, plan.Size);
        Tensor padded = plan.Padded == plan.Grid
            ? tokens
            : nn.functional.pad(tokens, [0, 0, 0, plan.Padded.Z - plan.Grid.Z, 0, plan.Padded.Y - plan.Grid.Y, 0, plan.Padded.X - plan.Grid.X]);
        return Rolled(padded, plan, -1)
            .reshape(tokens.shape[0], x, nx, y, ny, z, nz, tokens.shape[4])
            .permute(0, 1, 3, 5, 2, 4, 6, 7)
            .reshape(-1, plan.TokensPerWindow, tokens.shape[4]);
    }

    // The way back.
    private static Tensor Grid(Tensor windows, long batch, WindowPlan plan)
    {
        ((int x, int y, int z), (int nx, int ny, int nz)) = (plan.Counts, plan.Size);
        Tensor padded = windows
            .reshape(batch, x, y, z, nx, ny, nz, windows.shape[2])
            .permute(0, 1, 4, 2, 5, 3, 6, 7)
            .reshape(batch, plan.Padded.X, plan.Padded.Y, plan.Padded.Z, windows.shape[2]);
        return Rolled(padded, plan, 1).narrow(1, 0, plan.Grid.X).narrow(2, 0, plan.Grid.Y).narrow(3, 0, plan.Grid.Z).contiguous();
    }

    private static Tensor Rolled(Tensor tokens, WindowPlan plan, int sign) => plan.Shift == (0, 0, 0)
        ? tokens
        : tokens.roll((sign * plan.Shift.X, sign * plan.Shift.Y, sign * plan.Shift.Z), (1, 2, 3));
}
