using System.Runtime.InteropServices;
using HiEndMae.Configuration.Shared;
using SkiaSharp;

namespace HiEndMae.Reports.Figures;

/// <summary>A picture in memory that becomes a PNG.</summary>
internal sealed class Canvas : IDisposable
{
    private readonly SKBitmap bitmap;

    public Canvas(int width, int height)
    {
        bitmap = new SKBitmap(Math.Max(1, width), Math.Max(1, height), SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(SKColors.Black);
    }

    public int Width => bitmap.Width;

    public int Height => bitmap.Height;

    /// <summary>Converts a colour to the byte order of the picture.</summary>
    public static uint Color(byte red, byte green, byte blue) => red | (uint)green << 8 | (uint)blue << 16 | 0xFF000000;

    /// <summary>Returns a part of a row to write to.</summary>
    public Span<uint> Row(int left, int top, int width) => MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan()).Slice(top * bitmap.Width + left, width);

    /// <summary>Fills a rectangle and clips it to the picture.</summary>
    public void Fill(int left, int top, int width, int height, uint color)
    {
        int right = Math.Min(left + width, Width);
        for (int y = Math.Max(0, top); y < Math.Min(top + height, Height) && left < right; y++) Row(left, y, right - left).Fill(color);
    }

    /// <summary>Writes the file completely or not at all.</summary>
    public void Save(string path)
    {
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    public void Dispose() => bitmap.Dispose();
}
