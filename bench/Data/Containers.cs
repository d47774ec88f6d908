using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Bench.Data;

/// <summary>Times random crops from containers that other tools can open, with a warm and a cold page cache: a memory-mapped .npy, and Zarr v3 with zstd (a shard of cubes).</summary>
internal static unsafe class Containers
{
    public static void Run(PreparedCase prepared, string folder, CropRecipe recipe, double seconds, int rounds)
    {
        Size3 size = prepared.Size;
        ushort[] halves = new ReadOnlySpan<ushort>(prepared.Image, (int)size.Count).ToArray();
        var half = new MappedRows(Path.Combine(folder, "half.npy"), MemoryMarshal.AsBytes<ushort>(halves), sizeof(ushort), size);
        var single = new MappedRows(Path.Combine(folder, "single.npy"), MemoryMarshal.AsBytes<float>(Array.ConvertAll(halves, bits => (float)BitConverter.UInt16BitsToHalf(bits))), sizeof(float), size);
        (string Name, ICropReader Reader)[] all =
        [
            (".npy float16, mapped", half),
            (".npy float32, mapped", single),
            ("zarr v3, zstd 3, cubes of 32", new ZarrShard(Path.Combine(folder, "zarr32"), halves, size, 32)),
            ("zarr v3, zstd 3, cubes of 64", new ZarrShard(Path.Combine(folder, "zarr64"), halves, size, 64)),
        ];
        var crop = new float[recipe.Crop.Count];
        var warm = new double[all.Length];
        var cold = new double[all.Length];
        Array.Fill(cold, double.MaxValue);
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < all.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                int done = 0;
                for (; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; done++) all[i].Reader.Read(Start(prepared, recipe, done), recipe.Crop, crop);
                warm[i] = Math.Max(warm[i], done / Stopwatch.GetElapsedTime(start).TotalSeconds);
                all[i].Reader.Forget();
                start = Stopwatch.GetTimestamp();
                all[i].Reader.Read(Start(prepared, recipe, 1000 + round), recipe.Crop, crop);
                cold[i] = Math.Min(cold[i], Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        Console.WriteLine($"containers, crops without augmentation, best of {rounds}:");
        for (int i = 0; i < all.Length; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all[i].Name,-32} {all[i].Reader.Bytes / 1e6,7:F1} MB  warm {warm[i],7:F0} crops/s ({warm[i] / warm[0]:F2})  cold {cold[i],7:F2} ms a crop ({cold[i] / cold[0]:F2})"));
        foreach ((_, ICropReader reader) in all) reader.Dispose();
    }

    private static Size3 Start(PreparedCase prepared, CropRecipe recipe, int number)
    {
        var random = new RandomSource(3, number);
        return CropPlan.Draw(prepared, recipe, ref random).Start;
    }
}
