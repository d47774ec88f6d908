using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>How a grid of tokens is cut into windows for one block: sizes, padding, shift, and the tables that attention needs. Made once per grid, not in a step.</summary>
/// <remarks>
/// Source: MONAI 1.2 <c>swin_unetr.py</c>. If an axis is not longer than the window, one window covers the axis, and nothing shifts. A longer axis is padded at its end to whole windows.
/// In shifted blocks a token attends only to tokens of its own region: the padded axis has the regions [0, n - w), [n - w, n - s) and [n - s, n) for a window w and a shift s.
/// </remarks>
public sealed class WindowPlan : IDisposable
{
    /// <summary>Added to the score of a pair of tokens in different regions.</summary>
    /// <remarks>
    /// MONAI adds -100. The exponential of that is a subnormal number, which processors compute many times more slowly than others, and it is lost when it is added to the weight of the
    /// token itself. Minus infinity gives the same results without it.
    /// </remarks>
    public const float Refused = float.NegativeInfinity;

    private readonly Tensor index;
    private readonly Tensor? mask;

    /// <summary>Creates the tables.</summary>
    /// <param name="grid">Tokens along x, y, z.</param>
    /// <param name="window">Edge of a whole window.</param>
    /// <param name="shifted">Whether windows are shifted by half their edge.</param>
    public WindowPlan((int X, int Y, int Z) grid, int window, bool shifted)
    {
        ReadOnlySpan<int> sides = [grid.X, grid.Y, grid.Z];
        (int[] sizes, int[] shifts, int[] padded) = (new int[3], new int[3], new int[3]);
        for (int axis = 0; axis < 3; axis++)
        {
            bool whole = sides[axis] <= window;
            sizes[axis] = whole ? sides[axis] : window;
            shifts[axis] = whole || !shifted ? 0 : window / 2;
            padded[axis] = (sides[axis] + sizes[axis] - 1) / sizes[axis] * sizes[axis];
        }
        Grid = grid;
        (Size, Shift, Padded) = ((sizes[0], sizes[1], sizes[2]), (shifts[0], shifts[1], shifts[2]), (padded[0], padded[1], padded[2]));
        index = tensor(RelativeIndex(window, TokensPerWindow), [TokensPerWindow, TokensPerWindow]).DetachFromDisposeScope();
        if (shifts.Any(shift => shift > 0)) mask = tensor(Mask(window), [NumWindows, TokensPerWindow, TokensPerWindow]).DetachFromDisposeScope();
    }

    /// <summary>Tokens along x, y, z.</summary>
    public (int X, int Y, int Z) Grid { get; }

    /// <summary>Edges of a window.</summary>
    public (int X, int Y, int Z) Size { get; }

    /// <summary>By how much windows are shifted.</summary>
    public (int X, int Y, int Z) Shift { get; }

    /// <summary>The grid in whole windows.</summary>
    public (int X, int Y, int Z) Padded { get; }

    /// <summary>Windows along x, y, z.</summary>
    public (int X, int Y, int Z) Counts => (Padded.X / Size.X, Padded.Y / Size.Y, Padded.Z / Size.Z);

    /// <summary>Windows of a volume.</summary>
    public int NumWindows => Counts.X * Counts.Y * Counts.Z;

    /// <summary>Tokens of a window, padding included.</summary>
    public int TokensPerWindow => Size.X * Size.Y * Size.Z;

    /// <summary>[n, n] int64: the row of the table of biases for each pair of tokens of a window; on the device of <paramref name="like"/>.</summary>
    public Tensor IndexFor(Tensor like) => index.to(like.device);

    /// <summary>[windows, n, n], added to scores: 0 or <see cref="Refused"/>, of the type and on the device of <paramref name="like"/>; null if nothing shifts.</summary>
    public Tensor? MaskFor(Tensor like) => mask?.to(like.dtype).to(like.device);

    /// <inheritdoc/>
    public void Dispose()
    {
        index.Dispose();
        mask?.Dispose();
    }

    // The official table is made for whole windows. In a smaller window, token t gets the coordinates of token t of a whole window. They are not its true coordinates, but all weights were trained with them.
    private static long[] RelativeIndex(int window, int tokens)
    {
        int span = (2 * window) - 1;
        var table = new long[(long)tokens * tokens];
        for (int one = 0; one < tokens; one++)
        {
            for (int other = 0; other < tokens; other++)
            {
                int x = (one / window / window) - (other / window / window), y = (one / window % window) - (other / window % window), z = (one % window) - (other % window);
                table[((long)one * tokens) + other] = ((((x + window - 1) * span) + y + window - 1) * span) + z + window - 1;
            }
        }
        return table;
    }

    private float[] Mask(int window)
    {
        int tokens = TokensPerWindow;
        var mask = new float[(long)NumWindows * tokens * tokens];
        var regions = new int[tokens];
        for (int at = 0; at < NumWindows; at++)
        {
            (int wx, int wy, int wz) = (at / Counts.Z / Counts.Y, at / Counts.Z % Counts.Y, at % Counts.Z);
            for (int token = 0; token < tokens; token++)
            {
                (int x, int y, int z) = (token / Size.Z / Size.Y, token / Size.Z % Size.Y, token % Size.Z);
                regions[token] = (((Region((wx * Size.X) + x, Padded.X, Shift.X, window) * 3) + Region((wy * Size.Y) + y, Padded.Y, Shift.Y, window)) * 3)
                    + Region((wz * Size.Z) + z, Padded.Z, Shift.Z, window);
            }
            for (int one = 0; one < tokens; one++)
            {
                for (int other = 0; other < tokens; other++)
                {
                    if (regions[one] != regions[other]) mask[((((long)at * tokens) + one) * tokens) + other] = Refused;
                }
            }
        }
        return mask;
    }

    private static int Region(int at, int padded, int shift, int window) => shift == 0 || at < padded - window ? 0 : at < padded - shift ? 1 : 2;
}
