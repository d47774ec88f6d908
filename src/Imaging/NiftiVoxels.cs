using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Converts stored values of every scalar NIfTI datatype to intensities or labels.</summary>
internal static class NiftiVoxels
{
    // Labels that went through a slope, or through another program's arithmetic, come back with rounding errors.
    private const double WholeTolerance = 1e-3;

    /// <summary>Returns the number of bytes of a stored value, or null for datatypes that are not scalars of up to 64 bits.</summary>
    public static int? Width(int datatype) => datatype switch
    {
        2 or 256 => 1,
        4 or 512 => 2,
        8 or 16 or 768 => 4,
        64 or 1024 or 1280 => 8,
        _ => null,
    };

    /// <summary>Scales in double precision, as nibabel does.</summary>
    public static void ToIntensities(NiftiHeader header, Span<byte> raw, Span<float> voxels)
    {
        ToNative(header, raw);
        if (IsConverted(header, raw, voxels)) return;
        switch (header.DataType)
        {
            case 2: Scale<byte>(header, raw, voxels); break;
            case 256: Scale<sbyte>(header, raw, voxels); break;
            case 4: Scale<short>(header, raw, voxels); break;
            case 512: Scale<ushort>(header, raw, voxels); break;
            case 8: Scale<int>(header, raw, voxels); break;
            case 768: Scale<uint>(header, raw, voxels); break;
            case 1024: Scale<long>(header, raw, voxels); break;
            case 1280: Scale<ulong>(header, raw, voxels); break;
            case 16: Scale<float>(header, raw, voxels); break;
            default: Scale<double>(header, raw, voxels); break;
        }
    }

    /// <summary>Returns the first value that is not a label, or null.</summary>
    public static double? ToLabels(NiftiHeader header, Span<byte> raw, Span<ushort> voxels)
    {
        ToNative(header, raw);
        return header.DataType switch
        {
            2 => Whole<byte>(header, raw, voxels),
            256 => Whole<sbyte>(header, raw, voxels),
            4 => Whole<short>(header, raw, voxels),
            512 => Whole<ushort>(header, raw, voxels),
            8 => Whole<int>(header, raw, voxels),
            768 => Whole<uint>(header, raw, voxels),
            1024 => Whole<long>(header, raw, voxels),
            1280 => Whole<ulong>(header, raw, voxels),
            16 => Whole<float>(header, raw, voxels),
            _ => Whole<double>(header, raw, voxels),
        };
    }

    // A fast path with vectors for the most common datatypes. It gives the same bits as the general path.
    private static bool IsConverted(NiftiHeader header, ReadOnlySpan<byte> raw, Span<float> voxels)
    {
        bool isPlain = header.Slope == 1 && header.Intercept == 0;
        if (header.DataType == 8 && isPlain)
        {
            FloatConversion.Convert(MemoryMarshal.Cast<byte, int>(raw)[..voxels.Length], voxels);
            return true;
        }
        if (header.DataType == 16 && isPlain)
        {
            MemoryMarshal.Cast<byte, float>(raw)[..voxels.Length].CopyTo(voxels);
            return true;
        }
        if (!FloatConversion.IsExact(header.Slope, header.Intercept)) return false;
        (float slope, float intercept) = ((float)header.Slope, (float)header.Intercept);
        switch (header.DataType)
        {
            case 2: FloatConversion.Convert(raw[..voxels.Length], voxels, slope, intercept); return true;
            case 4: FloatConversion.Convert(MemoryMarshal.Cast<byte, short>(raw)[..voxels.Length], voxels, slope, intercept); return true;
            case 512: FloatConversion.Convert(MemoryMarshal.Cast<byte, ushort>(raw)[..voxels.Length], voxels, slope, intercept); return true;
            default: return false;
        }
    }

    private static void Scale<TRaw>(NiftiHeader header, ReadOnlySpan<byte> raw, Span<float> voxels) where TRaw : unmanaged, INumber<TRaw>
    {
        ReadOnlySpan<TRaw> values = MemoryMarshal.Cast<byte, TRaw>(raw)[..voxels.Length];
        if (header.Slope == 1 && header.Intercept == 0)
        {
            for (int i = 0; i < voxels.Length; i++) voxels[i] = float.CreateTruncating(values[i]);
            return;
        }
        double slope = header.Slope, intercept = header.Intercept;
        for (int i = 0; i < voxels.Length; i++) voxels[i] = (float)(double.CreateTruncating(values[i]) * slope + intercept);
    }

    private static double? Whole<TRaw>(NiftiHeader header, ReadOnlySpan<byte> raw, Span<ushort> voxels) where TRaw : unmanaged, INumber<TRaw>
    {
        ReadOnlySpan<TRaw> values = MemoryMarshal.Cast<byte, TRaw>(raw)[..voxels.Length];
        double slope = header.Slope, intercept = header.Intercept;
        if (slope == 1 && intercept == 0 && typeof(TRaw) != typeof(float) && typeof(TRaw) != typeof(double))
        {
            for (int i = 0; i < voxels.Length; i++)
            {
                // As unsigned numbers, negative ones and those beyond 63 bits are large.
                ulong label = unchecked((ulong)long.CreateTruncating(values[i]));
                if (label > ushort.MaxValue) return double.CreateTruncating(values[i]);
                voxels[i] = (ushort)label;
            }
            return null;
        }
        for (int i = 0; i < voxels.Length; i++)
        {
            double value = double.CreateTruncating(values[i]) * slope + intercept, label = Math.Round(value);
            // The comparison is written so that NaN fails as well.
            if (!(Math.Abs(value - label) <= WholeTolerance && label is >= 0 and <= ushort.MaxValue)) return value;
            voxels[i] = (ushort)label;
        }
        return null;
    }

    private static void ToNative(NiftiHeader header, Span<byte> raw)
    {
        if (!header.SwapBytes) return;
        switch (Width(header.DataType))
        {
            case 2: Swap<ushort>(raw, BinaryPrimitives.ReverseEndianness); break;
            case 4: Swap<uint>(raw, BinaryPrimitives.ReverseEndianness); break;
            case 8: Swap<ulong>(raw, BinaryPrimitives.ReverseEndianness); break;
        }
    }

    private delegate void Reverse<TRaw>(ReadOnlySpan<TRaw> source, Span<TRaw> target);

    private static void Swap<TRaw>(Span<byte> raw, Reverse<TRaw> reverse) where TRaw : unmanaged
    {
        Span<TRaw> values = MemoryMarshal.Cast<byte, TRaw>(raw);
        reverse(values, values);
    }
}
