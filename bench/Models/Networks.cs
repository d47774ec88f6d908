using System.Diagnostics;
using System.Globalization;
using HiEndMae.Bench.Shared;
using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Bench.Models;

/// <summary>Times forward and backward of every network of the paper's tables at full size, one crop of 96^3 with 14 classes. Each network runs in a process of its own, so that its peak memory is its own.</summary>
internal static class Networks
{
    private const int Classes = 14, WarmUp = 1;
    private static readonly Size3 Crop = Size3.Cube(96);

    private static readonly Network[] All =
    [
        New("unetr", new Vit3dConfig { EmbedDim = 768, NumHeads = 12, PatchSize = 16 }, (config, context) => new Vit3dEncoder(config, context), new UnetrConfig { FeatureSize = 32 }, (config, context) => new UnetrHead(config, context)),
        New("swin-unetr", new SwinConfig(), (config, context) => new SwinEncoder(config, context), new SwinUnetrConfig(), (config, context) => new SwinUnetrHead(config, context)),
        New("swin-unetr-v2", new SwinConfig { UseV2 = true }, (config, context) => new SwinEncoder(config, context), new SwinUnetrConfig(), (config, context) => new SwinUnetrHead(config, context)),
        Unet("unet3d-genesis", new Unet3dConfig(), new UnetConfig { Activation = OutputActivation.Sigmoid }),
        Unet("unet3d-prlv2", new Unet3dConfig { Norm = UnetNorm.Batch, Skips = false }, new UnetConfig { Activation = OutputActivation.Sigmoid }),
        Unet("unet3d-gvsl", new Unet3dConfig
        {
            Widths = [32, 64, 128, 256, 512], UpWidths = [256, 128, 64, 32], HalfWidthFirst = false, Norm = UnetNorm.Group, NegativeSlope = 0.2, Upsampling = UnetUpsampling.Trilinear, SkipFirst = true, PadCrops = true,
        }, new UnetConfig { KernelSize = 3 }),
        New("mednext", new Plugins.Encoders.MedNextConfig(), (config, context) => new MedNextEncoder(config, context), new Plugins.Heads.MedNextConfig(), (config, context) => new MedNextHead(config, context)),
        New("mit", new Plugins.Encoders.MitConfig(), (config, context) => new MitEncoder(config, context), new Plugins.Heads.MitConfig(), (config, context) => new MitHead(config, context)),
        New("hybrid", new Plugins.Encoders.HybridConfig(), (config, context) => new HybridEncoder(config, context), new Plugins.Heads.HybridConfig(), (config, context) => new HybridHead(config, context)),
        New("vox2vec-fpn", new Vox2VecFpnConfig(), (config, context) => new Vox2VecFpnEncoder(config, context), new LinearProbeConfig { FreezeEncoder = false }, (config, context) => new LinearProbeHead(config, context)),
    ];

    /// <summary>Prints a table, or the row of one network.</summary>
    /// <param name="name">A network; null for all.</param>
    /// <param name="steps">Steps that are timed; the medians are printed.</param>
    /// <param name="threads">Threads of libtorch.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string? name, int steps, int threads)
    {
        if (name is null)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"One crop of 96^3, {Classes} classes, float32, {threads} thread(s), medians of {steps} steps. GFLOP: 6 for each multiply-add. The last column is the part of the rate of matrix products of 2048^3, which run between the steps."));
            Console.WriteLine("| network | parameters (M) | multiply-adds (G) | forward (s) | backward (s) | GFLOP/s | peak memory (GB) | of the matrix-product rate |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
            foreach (Network network in All)
            {
                int code = OwnProcess.Run("networks", network.Name, steps.ToString(CultureInfo.InvariantCulture));
                if (code != 0) return code;
            }
            return 0;
        }
        if (Array.Find(All, network => network.Name == name) is not { } chosen)
        {
            Console.Error.WriteLine($"error: no network '{name}'; there are {string.Join(", ", All.Select(network => network.Name))}.");
            return 2;
        }
        TensorMemory.Install();
        set_num_threads(threads);
        manual_seed(0);
        Time(chosen, steps);
        return 0;
    }

    private static void Time(Network network, int steps)
    {
        var context = new EncoderContext(1, Crop, EncoderUse.Segmentation);
        using Encoder encoder = network.CreateEncoder(context);
        var headContext = new HeadContext(encoder.Info, Crop, Classes);
        using SegmentationHead head = network.CreateHead(headContext);
        double multiplyAdds = network.Encoder.Count(context, 0).Concat(network.Head.Count(headContext)).Sum(part => part.Products.Total);
        long parameters = encoder.parameters().Concat(head.parameters()).Sum(parameter => parameter.numel());
        using Tensor volumes = rand(new long[] { 1, 1, Crop.X, Crop.Y, Crop.Z });
        List<double> forward = [], backward = [], products = [];
        for (int step = 0; step < WarmUp + steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            long start = Stopwatch.GetTimestamp();
            Tensor loss = head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks)).square().mean();
            double first = Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            loss.backward();
            double second = Stopwatch.GetElapsedTime(start).TotalSeconds;
            foreach (TorchSharp.Modules.Parameter parameter in encoder.parameters().Concat(head.parameters())) parameter.grad?.zero_();
            double product = Timing.Product();
            if (step < WarmUp) continue;
            forward.Add(first);
            backward.Add(second);
            products.Add(product);
        }
        double rate = 6 * multiplyAdds / (Timing.Median(forward) + Timing.Median(backward)) / 1e9, most = 2 * Math.Pow(Timing.MatrixSize, 3) / Timing.Median(products) / 1e9;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| `{network.Name}` | {parameters / 1e6:F1} | {multiplyAdds / 1e9:F1} | {Timing.Median(forward):F2} | {Timing.Median(backward):F2} | {rate:F0} | {Process.GetCurrentProcess().PeakWorkingSet64 / 1e9:F2} | {100 * rate / most:F0} % |"));
    }

    private static Network Unet(string name, Unet3dConfig encoder, UnetConfig head) => New(name, encoder, (config, context) => new Unet3dEncoder(config, context), head, (config, context) => new UnetHead(config, context));

    private static Network New<TEncoder, THead>(string name, TEncoder encoder, Func<TEncoder, EncoderContext, Encoder> createEncoder, THead head, Func<THead, HeadContext, SegmentationHead> createHead)
        where TEncoder : IEncoderCounter
        where THead : IHeadCounter =>
        new(name, encoder, context => createEncoder(encoder, context), head, context => createHead(head, context));

    private sealed record Network(string Name, IEncoderCounter Encoder, Func<EncoderContext, Encoder> CreateEncoder, IHeadCounter Head, Func<HeadContext, SegmentationHead> CreateHead);
}
