using System.Runtime.Intrinsics;

namespace HiEndMae.Nn;

/// <summary>A matrix [inner, columns] in panels of 16 columns, [columns / 16, inner, 16], the last panel padded with zeros. It is the right factor of <see cref="RegisterTiles"/>.</summary>
internal static unsafe class Panels
{
    /// <summary>Columns of a panel.</summary>
    public const int Width = 16;

    /// <summary>Number of panels.</summary>
    public static int Count(int columns) => (columns + Width - 1) / Width;

    /// <summary>Number of floats of all panels.</summary>
    public static long Size(int inner, int columns) => (long)Count(columns) * Width * inner;

    /// <summary>Packs a matrix.</summary>
    /// <param name="source">[inner, columns].</param>
    /// <param name="step">Floats from one row to the next.</param>
    /// <param name="inner">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="scale">Factor.</param>
    /// <param name="into">Receives the panels.</param>
    /// <param name="first">First panel to pack.</param>
    /// <param name="end">Panel after the last one to pack.</param>
    public static void Pack(float* source, long step, int inner, int columns, float scale, float* into, int first, int end)
    {
        var factor = Vector256.Create(scale);
        for (int panel = first; panel < end; panel++)
        {
            float* from = source + (panel * Width), to = into + ((long)panel * Width * inner);
            int width = Math.Min(Width, columns - (panel * Width));
            for (int row = 0; row < inner; row++, from += step, to += Width)
            {
                if (width == Width)
                {
                    (Vector256.Load(from) * factor).Store(to);
                    (Vector256.Load(from + 8) * factor).Store(to + 8);
                    continue;
                }
                for (int column = 0; column < width; column++) to[column] = from[column] * scale;
                new Span<float>(to + width, Width - width).Clear();
            }
        }
    }

    /// <summary>Packs the transpose of a matrix.</summary>
    /// <param name="source">[columns, inner].</param>
    /// <param name="step">Floats from one row to the next.</param>
    /// <param name="inner">Columns of the source.</param>
    /// <param name="columns">Rows of the source.</param>
    /// <param name="scale">Factor.</param>
    /// <param name="into">Receives the panels.</param>
    /// <param name="first">First panel to pack.</param>
    /// <param name="end">Panel after the last one to pack.</param>
    public static void PackTransposed(float* source, long step, int inner, int columns, float scale, float* into, int first, int end)
    {
        for (int panel = first; panel < end; panel++)
        {
            float* to = into + ((long)panel * Width * inner);
            int width = Math.Min(Width, columns - (panel * Width));
            for (int column = 0; column < width; column++)
            {
                float* from = source + (((long)panel * Width) + column) * step;
                float* target = to + column;
                int at = 0;
                for (; at + 4 <= inner; at += 4, from += 4, target += 4 * Width)
                {
                    target[0] = from[0] * scale;
                    target[Width] = from[1] * scale;
                    target[2 * Width] = from[2] * scale;
                    target[3 * Width] = from[3] * scale;
                }
                for (; at < inner; at++, from++, target += Width) *target = *from * scale;
            }
            if (width == Width) continue;
            for (int at = 0; at < inner; at++) new Span<float>(to + ((long)at * Width) + width, Width - width).Clear();
        }
    }
}
