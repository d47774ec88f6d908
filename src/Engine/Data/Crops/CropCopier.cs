using System.Runtime.Intrinsics;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Crops;

/// <summary>Copies a crop of a prepared case into a batch. Cropping, flips, quarter turns, conversion to single precision, factor and offset take one pass over memory.</summary>
internal static unsafe class CropCopier
{
    // The bits of a half, shifted left by 13, are those of a float that is 2^112 times too small.
    private const float Widening = 5.192296858534828e33f;
    private const int HalfShift = 13;

    /// <summary>Copies every channel. Voxels outside the case are zero before factor and offset are applied.</summary>
    public static void CopyImage(PreparedCase source, in CropPlan plan, Span<float> target)
    {
        fixed (float* start = target)
        {
            long voxels = plan.Crop.Count;
            for (int channel = 0; channel < source.Channels; channel++)
            {
                ushort* from = source.Image + channel * source.Size.Count;
                if (source.Layout.IsSigned) CopyChannel<SignedHalves>(from, source.Size, plan, start + channel * voxels);
                else CopyChannel<UnsignedHalves>(from, source.Size, plan, start + channel * voxels);
            }
        }
    }

    /// <summary>Copies the labels as 64-bit indices, which losses need. Voxels outside the case are background.</summary>
    public static void CopyLabel(PreparedCase source, in CropPlan plan, Span<long> target)
    {
        var box = new Inside(source.Size, plan);
        if (!box.IsWhole) target.Clear();
        fixed (long* start = target)
        {
            for (int u = box.FromX; u < box.ToX; u++)
            {
                for (int v = box.FromY; v < box.ToY; v++)
                {
                    long* to = start + TargetRow(plan, u, v) * (long)plan.Crop.Z + box.TargetZ;
                    long from = box.SourceRow(u, v);
                    int step = plan.FlipZ ? -1 : 1, length = box.LengthZ;
                    long first = plan.FlipZ ? from + length - 1 : from;
                    if (source.Layout.LabelBytes == 2) CopyRow((ushort*)source.Label + first, step, to, length);
                    else if (step == 1) CopyRow((byte*)source.Label + from, to, length);
                    else CopyRowBackwards((byte*)source.Label + from, to, length);
                }
            }
        }
    }

    private static void CopyChannel<THalves>(ushort* source, Size3 size, in CropPlan plan, float* target) where THalves : struct, IHalves
    {
        var box = new Inside(size, plan);
        if (!box.IsWhole) new Span<float>(target, checked((int)plan.Crop.Count)).Fill(plan.Shift);
        float factor = Widening * plan.Scale, shift = plan.Shift;
        // Loops follow the order of the source, because its rows are far apart, while the whole target fits into the cache.
        for (int u = box.FromX; u < box.ToX; u++)
        {
            for (int v = box.FromY; v < box.ToY; v++)
            {
                float* to = target + TargetRow(plan, u, v) * (long)plan.Crop.Z + box.TargetZ;
                ushort* from = source + box.SourceRow(u, v);
                if (plan.FlipZ) WidenBackwards<THalves>(from, to, box.LengthZ, factor, shift);
                else Widen<THalves>(from, to, box.LengthZ, factor, shift);
            }
        }
    }

    // Returns the index of the target row for row (u, v) of the crop, after flips and the turns of numpy.rot90(m, k).
    private static int TargetRow(in CropPlan plan, int u, int v)
    {
        if (plan.FlipX) u = plan.Crop.X - 1 - u;
        if (plan.FlipY) v = plan.Crop.Y - 1 - v;
        return plan.Turns switch
        {
            1 => (plan.Crop.Y - 1 - v) * plan.Crop.Y + u,
            2 => (plan.Crop.X - 1 - u) * plan.Crop.Y + plan.Crop.Y - 1 - v,
            3 => v * plan.Crop.Y + plan.Crop.X - 1 - u,
            _ => u * plan.Crop.Y + v,
        };
    }

    private static void Widen<THalves>(ushort* from, float* to, int length, float factor, float shift) where THalves : struct, IHalves
    {
        int i = 0;
        Vector256<float> factors = Vector256.Create(factor), shifts = Vector256.Create(shift);
        for (; i <= length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(from + i));
            (THalves.Widen(low) * factors + shifts).Store(to + i);
            (THalves.Widen(high) * factors + shifts).Store(to + i + Vector256<float>.Count);
        }
        for (; i < length; i++) to[i] = THalves.Widen(from[i]) * factor + shift;
    }

    private static void WidenBackwards<THalves>(ushort* from, float* to, int length, float factor, float shift) where THalves : struct, IHalves
    {
        int i = 0;
        Vector256<float> factors = Vector256.Create(factor), shifts = Vector256.Create(shift);
        Vector256<int> backwards = Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0);
        for (; i <= length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(from + length - i - Vector256<ushort>.Count));
            (Vector256.Shuffle(THalves.Widen(high), backwards) * factors + shifts).Store(to + i);
            (Vector256.Shuffle(THalves.Widen(low), backwards) * factors + shifts).Store(to + i + Vector256<float>.Count);
        }
        for (; i < length; i++) to[i] = THalves.Widen(from[length - 1 - i]) * factor + shift;
    }

    // From the bits of halves to floats that are 2^112 times too small.
    private interface IHalves
    {
        static abstract Vector256<float> Widen(Vector256<uint> bits);

        static abstract float Widen(ushort bits);
    }

    private readonly struct UnsignedHalves : IHalves
    {
        public static Vector256<float> Widen(Vector256<uint> bits) => (bits << HalfShift).AsSingle();

        public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << HalfShift);
    }

    private readonly struct SignedHalves : IHalves
    {
        private const uint Sign = 0x8000;
        private const int SignShift = 16;

        public static Vector256<float> Widen(Vector256<uint> bits) => (((bits & Vector256.Create(Sign)) << SignShift) | ((bits & Vector256.Create(Sign - 1)) << HalfShift)).AsSingle();

        public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle(((bits & Sign) << SignShift) | ((bits & (Sign - 1)) << HalfShift));
    }

    private static void CopyRow(byte* from, long* to, int length)
    {
        int i = 0;
        for (; i <= length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(from + i));
            Store(low, to + i);
            Store(high, to + i + Vector128<ushort>.Count);
        }
        for (; i < length; i++) to[i] = from[i];
    }

    private static void Store(Vector128<ushort> values, long* to)
    {
        (Vector256<ulong> low, Vector256<ulong> high) = Vector256.Widen(Vector256.Create(Vector128.WidenLower(values), Vector128.WidenUpper(values)));
        low.AsInt64().Store(to);
        high.AsInt64().Store(to + Vector256<long>.Count);
    }

    private static void CopyRowBackwards(byte* from, long* to, int length)
    {
        int i = 0;
        Vector128<byte> backwards = Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        for (; i <= length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Shuffle(Vector128.Load(from + length - i - Vector128<byte>.Count), backwards));
            Store(low, to + i);
            Store(high, to + i + Vector128<ushort>.Count);
        }
        for (; i < length; i++) to[i] = from[length - 1 - i];
    }

    private static void CopyRow(ushort* from, int step, long* to, int length)
    {
        for (int i = 0; i < length; i++) to[i] = from[i * step];
    }

    /// <summary>The part of a crop that lies inside the case, in voxels of the crop before flips.</summary>
    private readonly struct Inside
    {
        private readonly Size3 size;
        private readonly Size3 start;
        private readonly int fromZ;

        public Inside(Size3 size, in CropPlan plan)
        {
            this.size = size;
            start = plan.Start;
            FromX = Math.Max(0, -start.X);
            ToX = Math.Min(plan.Crop.X, size.X - start.X);
            FromY = Math.Max(0, -start.Y);
            ToY = Math.Min(plan.Crop.Y, size.Y - start.Y);
            fromZ = Math.Max(0, -start.Z);
            int toZ = Math.Min(plan.Crop.Z, size.Z - start.Z);
            LengthZ = toZ - fromZ;
            TargetZ = plan.FlipZ ? plan.Crop.Z - toZ : fromZ;
            IsWhole = ToX - FromX == plan.Crop.X && ToY - FromY == plan.Crop.Y && LengthZ == plan.Crop.Z;
        }

        public int FromX { get; }

        public int ToX { get; }

        public int FromY { get; }

        public int ToY { get; }

        public int LengthZ { get; }

        /// <summary>Position of the first voxel within a row of the result.</summary>
        public int TargetZ { get; }

        public bool IsWhole { get; }

        /// <summary>Index of the first voxel of a row in the case.</summary>
        public long SourceRow(int u, int v) => ((long)(start.X + u) * size.Y + start.Y + v) * size.Z + start.Z + fromZ;
    }
}
