using System.Diagnostics;
using System.Globalization;
using HiEndMae.Bench.Data;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

// Times crops of 96^3 with every augmentation from a case in memory, on one thread, against copying the bytes. Then compares containers for the case cache.
// dotnet run -c Release --project bench/Data [-- SECONDS_PER_MEASUREMENT [FOLDER]]
double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 0.5;
string folder = Directory.CreateDirectory(Path.Combine(args.Length > 1 ? args[1] : Path.GetTempPath(), $"hiendmae-bench-{Environment.ProcessId}")).FullName;
const int rounds = 7;
var crop = Size3.Cube(96);
using PreparedCase prepared = Scan.Make(new Size3(272, 216, 260));
var recipe = new CropRecipe(crop, 0.75, 0.5, 0.3, 0.1, 0.1);
// A batch has 8 volumes, so that buffers do not stay in the processor's cache.
float[][] images = [.. Enumerable.Range(0, 8).Select(_ => new float[crop.Count])];
long[][] labels = [.. Enumerable.Range(0, 8).Select(_ => new long[crop.Count])];
float[] source = new float[8 * crop.Count];
int number = 0;
Console.WriteLine($"case of {prepared.Size} voxels, {prepared.Layout.Bytes / 1e6:F1} MB; crops of 96x96x96, one thread, best of {rounds} rounds of {seconds} s, interleaved");
var work = new (string Name, double Bytes, Action<int> Do)[]
{
    // The lower limit for a crop: the same number of bytes, read and written in order.
    ("copy float to float, 7.1 MB", 2.0 * crop.Count * sizeof(float), i => source.AsSpan((int)(i % 8 * crop.Count), (int)crop.Count).CopyTo(images[i % 8])),
    ("crop, nothing else", crop.Count * 6.0, i => CropCopier.CopyImage(prepared, Draw(i, recipe with { Flip = 0, Rotate90 = 0, IntensityScale = 0, IntensityShift = 0 }), images[i % 8])),
    ("crop, every augmentation", crop.Count * 6.0, i => CropCopier.CopyImage(prepared, Draw(i, recipe), images[i % 8])),
    ("crop, always flipped and turned", crop.Count * 6.0, i => CropCopier.CopyImage(prepared, Draw(i, recipe with { Flip = 1, Rotate90 = 1, IntensityScale = 1 }), images[i % 8])),
    ("crop and labels, every augmentation", crop.Count * 15.0, i =>
    {
        CropPlan plan = Draw(i, recipe);
        CropCopier.CopyImage(prepared, plan, images[i % 8]);
        CropCopier.CopyLabel(prepared, plan, labels[i % 8]);
    }),
    ("drawing where to crop", 0, i => Draw(i, recipe)),
};
var best = new double[work.Length];
for (int round = 0; round < rounds; round++)
{
    for (int i = 0; i < work.Length; i++) best[i] = Math.Max(best[i], Rate(work[i].Do));
}
for (int i = 0; i < work.Length; i++)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{work[i].Name,-38} {best[i],9:F0} /s  {best[i] * work[i].Bytes / 1e9,6:F2} GB/s  {best[i] / best[0],6:F2} of copying"));
long before = GC.GetAllocatedBytesForCurrentThread();
for (int i = 0; i < 100; i++) CropCopier.CopyImage(prepared, Draw(i, recipe), images[i % 8]);
Console.WriteLine($"allocated for 100 crops: {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
Containers.Run(prepared, folder, recipe, seconds, rounds);
Directory.Delete(folder, recursive: true);

CropPlan Draw(int i, CropRecipe how)
{
    var random = new RandomSource(1, i);
    return CropPlan.Draw(prepared, how, ref random);
}

double Rate(Action<int> work)
{
    work(number);
    long start = Stopwatch.GetTimestamp();
    int done = 0;
    while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
    {
        work(number++);
        done++;
    }
    return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
}
