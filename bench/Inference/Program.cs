using System.Diagnostics;
using System.Globalization;
using HiEndMae;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

// Times sliding windows without the network, and surface distances of a large label map.
// dotnet run -c Release --project bench/Inference [-- windows | surfaces | memory]
// dotnet run -c Release --project bench/Inference -- unetr [X Y Z]      what `bench/Peers/peers.py windows` times with MONAI
string[] parts = args.Length > 0 ? args : ["windows", "surfaces", "memory"];
set_num_threads(Environment.ProcessorCount);
if (parts[0] == "unetr")
{
    // `hiendmae predict` installs this allocator too. Without it, the windows take longer.
    _ = TensorMemory.Install();
    int[] edges = parts.Length == 4 ? [.. parts.Skip(1).Select(edge => int.Parse(edge, CultureInfo.InvariantCulture))] : [256, 256, 300];
    Unetr(new Size3(edges[0], edges[1], edges[2]));
    return;
}
if (parts.Contains("windows")) Windows();
if (parts.Contains("surfaces")) Surfaces();
if (parts.Contains("memory")) Memory();

// The time of the network is measured in the same pass. The rest is cutting, weighting, adding and dividing. The network is a ViT-S-like encoder with UNETR and 14 classes.
static void Windows()
{
    Size3 crop = Size3.Cube(96), size = new(120, 120, 144);
    var predictor = new WindowPredictor([Model(crop, width: 384, heads: 6, features: 16, classes: 14)], []);
    foreach (WindowWeighting weighting in Enum.GetValues<WindowWeighting>())
    {
        double best = double.MaxValue;
        string line = "";
        for (int run = 0; run < 3; run++)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGrad = no_grad();
            Tensor volume = rand(new long[] { 1, 1, size.X, size.Y, size.Z });
            TimeSpan network = TimeSpan.Zero;
            int windows = 0;
            long start = Stopwatch.GetTimestamp();
            SlidingWindow.Infer(volume, new SlidingWindowOptions(crop, 0.5, weighting, 1), batch =>
            {
                long begin = Stopwatch.GetTimestamp();
                Tensor output = predictor.Predict(batch);
                network += Stopwatch.GetElapsedTime(begin);
                return output;
            }, (_, all) => windows = all, CancellationToken.None);
            TimeSpan whole = Stopwatch.GetElapsedTime(start);
            double overhead = whole / network - 1;
            if (overhead >= best) continue;
            best = overhead;
            line = Text($"{weighting} weights, {windows} windows of 96^3, 14 classes: network {network.TotalSeconds:F2} s, whole {whole.TotalSeconds:F2} s, overhead {100 * overhead:F2} %");
        }
        Console.WriteLine(line);
    }
}

// Sliding windows with UNETR on ViT-B/16(768), feature size 32, 15 classes. Prints the fields that peers.py prints.
static void Unetr(Size3 size)
{
    Size3 crop = Size3.Cube(96);
    var predictor = new WindowPredictor([Model(crop, width: 768, heads: 12, features: 32, classes: 15)], []);
    using DisposeScope scope = NewDisposeScope();
    using IDisposable noGrad = no_grad();
    Tensor volume = rand(new long[] { 1, 1, size.X, size.Y, size.Z });
    int windows = 0;
    long start = Stopwatch.GetTimestamp();
    SlidingWindow.Infer(volume, new SlidingWindowOptions(crop, 0.5, WindowWeighting.Constant, 1), predictor.Predict, (_, all) => windows = all, CancellationToken.None);
    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    using Process process = Process.GetCurrentProcess();
    Console.WriteLine(Text($$"""
        {
          "windows": {{windows}},
          "seconds": {{seconds}},
          "peak_resident_bytes": {{process.PeakWorkingSet64}}
        }
        """));
}

// UNETR on a ViT of depth 12 with patches of 16. It lives as long as the program.
static SegmentationModel Model(Size3 crop, int width, int heads, int features, int classes)
{
    var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = width, Depth = 12, NumHeads = heads, PatchSize = 16 }, new EncoderContext(1, crop, EncoderUse.Segmentation));
    var head = new UnetrHead(new UnetrConfig { FeatureSize = features }, new HeadContext(encoder.Info, crop, classes));
    encoder.eval();
    head.eval();
    return new SegmentationModel(encoder, head);
}

// 13 ellipsoids of the sizes of abdominal organs in 512 x 512 x 300 voxels of 0.8 x 0.8 x 1.5 mm; the prediction is the shifted truth.
static void Surfaces()
{
    Size3 size = new(512, 512, 300);
    var spacing = new Spacing3(0.8, 0.8, 1.5);
    ushort[] truth = Organs(size, 0), prediction = Organs(size, 4);
    var overlap = new LabelComparer(surfaces: false, 2);
    var surfaces = new LabelComparer(surfaces: true, 2);
    for (int run = 0; run < 2; run++)
    {
        long start = Stopwatch.GetTimestamp();
        overlap.Measure(prediction, truth, size, spacing, 14);
        double counting = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        OrganMeasure[] measures = surfaces.Measure(prediction, truth, size, spacing, 14);
        double all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(Text($"512x512x300, 13 organs, {measures.Skip(1).Sum(one => one.TruthVoxels) / 1e6:F1} M organ voxels: Dice {counting:F2} s; Dice, HD95, ASSD and surface Dice {all:F2} s ({Environment.ProcessorCount} threads)"));
    }
}

// Compares the growth of resident memory while logits are summed with the size of their buffer.
static void Memory()
{
    foreach (AccumulatorType type in Enum.GetValues<AccumulatorType>())
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Size3 size = new(256, 256, 320);
        Tensor volume = zeros(new long[] { 1, 1, size.X, size.Y, size.Z });
        const int classes = 14;
        long before = Resident(), most = 0;
        SlidingWindow.Infer(volume, new SlidingWindowOptions(Size3.Cube(96), 0.25, WindowWeighting.Gaussian, 1, type), batch => batch.expand(-1, classes, -1, -1, -1),
            (_, _) => most = Math.Max(most, Resident()), CancellationToken.None);
        most = Math.Max(most, Resident());
        double buffer = classes * (double)size.Count * (type == AccumulatorType.Float16 ? 2 : 4);
        Console.WriteLine(Text($"{size}, {classes} classes, {type}: logits {buffer / 1e9:F2} GB, resident grew by {(most - before) / 1e9:F2} GB"));
    }
}

static ushort[] Organs(Size3 size, int shift)
{
    var labels = new ushort[size.Count];
    (int Radius, int X, int Y, int Z)[] organs =
    [
        (90, 160, 260, 200), (55, 370, 200, 210), (35, 180, 170, 130), (35, 340, 170, 130), (20, 230, 330, 160), (18, 256, 200, 150), (16, 280, 210, 150),
        (50, 320, 300, 190), (28, 260, 270, 140), (12, 220, 190, 180), (12, 300, 190, 180), (40, 256, 300, 60), (10, 256, 300, 220),
    ];
    for (int k = 0; k < organs.Length; k++)
    {
        (int radius, int cx, int cy, int cz) = organs[k];
        int half = radius * 2 / 3;
        for (int x = Math.Max(0, cx + shift - radius); x < Math.Min(size.X, cx + shift + radius); x++)
        {
            for (int y = Math.Max(0, cy - radius); y < Math.Min(size.Y, cy + radius); y++)
            {
                for (int z = Math.Max(0, cz - half); z < Math.Min(size.Z, cz + half); z++)
                {
                    double dx = (x - cx - shift) / (double)radius, dy = (y - cy) / (double)radius, dz = (z - cz) / (double)half;
                    if (dx * dx + dy * dy + dz * dz < 1) labels[(x * size.Y + y) * size.Z + z] = (ushort)(k + 1);
                }
            }
        }
    }
    return labels;
}

static long Resident()
{
    using Process process = Process.GetCurrentProcess();
    return process.WorkingSet64;
}

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
