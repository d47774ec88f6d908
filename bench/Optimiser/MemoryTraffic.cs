using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HiEndMae.Bench.Optimiser;

/// <summary>The memory traffic of an update with almost no arithmetic, as the lower limit of its time.</summary>
internal sealed unsafe class MemoryTraffic : IDisposable
{
    private const int ChunkLength = 1 << 16;
    private readonly float*[] streams = new float*[4];
    private readonly long length;
    private readonly ParallelOptions options;
    private double sink;

    public MemoryTraffic(long length, int threads)
    {
        this.length = length;
        options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        for (int i = 0; i < streams.Length; i++)
        {
            streams[i] = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
            for (long at = 0; at < length; at += 1 << 20) new Span<float>(streams[i] + at, (int)Math.Min(1 << 20, length - at)).Fill(i);
        }
    }

    public void ReadFourWriteThree() => Parallel.For(0L, (length + ChunkLength - 1) / ChunkLength, options, chunk =>
    {
        long start = chunk * ChunkLength, end = Math.Min(length, start + ChunkLength);
        float* p = streams[0], g = streams[1], m = streams[2], v = streams[3];
        var small = new Vector<float>(1e-3f);
        for (long i = start; i <= end - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> gradient = Unsafe.ReadUnaligned<Vector<float>>(g + i) * small;
            Unsafe.WriteUnaligned(p + i, Unsafe.ReadUnaligned<Vector<float>>(p + i) + gradient);
            Unsafe.WriteUnaligned(m + i, Unsafe.ReadUnaligned<Vector<float>>(m + i) + gradient);
            Unsafe.WriteUnaligned(v + i, Unsafe.ReadUnaligned<Vector<float>>(v + i) + gradient);
        }
    });

    public void ReadOne() => Parallel.For(0L, (length + ChunkLength - 1) / ChunkLength, options, chunk =>
    {
        long start = chunk * ChunkLength, end = Math.Min(length, start + ChunkLength);
        Vector<float> sum = Vector<float>.Zero;
        for (long i = start; i <= end - Vector<float>.Count; i += Vector<float>.Count) sum += Unsafe.ReadUnaligned<Vector<float>>(streams[1] + i);
        sink = Vector.Sum(sum);
    });

    public void Dispose()
    {
        for (int i = 0; i < streams.Length; i++) NativeMemory.AlignedFree(streams[i]);
        GC.KeepAlive(sink);
    }
}
