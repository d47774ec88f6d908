using System.Diagnostics;
using System.Globalization;
using HiEndMae;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

// Times the analysis of N crops with ViT-B/12(1536) against N plain forward passes in the same run, and measures memory against the number of crops.
// dotnet run -c Release --project bench/Analysis [-- CROPS [EMBED_DIM HEADS]]
int crops = args.Length > 0 ? Number(args[0]) : 16, width = args.Length > 1 ? Number(args[1]) : 1536, heads = args.Length > 2 ? Number(args[2]) : 16;
TensorMemory.Install();
set_num_threads(Environment.ProcessorCount);
manual_seed(0);
Size3 crop = Size3.Cube(96);
using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = width, NumHeads = heads, PatchSize = 12 }, new EncoderContext(1, crop, EncoderUse.Pretraining));
encoder.eval();
var data = new DataConfig { Dataset = null!, SpacingMm = Spacing3.Isotropic(1.5), Window = [-175, 250], Crop = crop };
var info = new DatasetInfo("noise", ["CT"], ["background", "a", "b", "c"]);
CasePreparer preparer = CasePreparer.ForTraining(data, info, withLabels: true);
using var cases = new PreparedCases([.. Enumerable.Range(0, 2).Select(seed => preparer.Prepare(new NoiseCase(seed), CancellationToken.None))], [1, 1]);
var options = new MeasurementOptions { Ranks = [RankDefinition.AllHeads, RankDefinition.Centred, RankDefinition.PerHead, RankDefinition.Squared], Attention = true, Cka = true };
Measure(2); // warms up
var plain = new List<double>();
ProbeCrops places = Places(crops);
using (no_grad())
{
    foreach ((int index, int number) in places.Places())
    {
        using DisposeScope scope = NewDisposeScope();
        ProbeCrop one = places.Cut(index, number);
        long start = Stopwatch.GetTimestamp();
        encoder.Encode(one.Volume, []);
        plain.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
(double few, long fewBytes) = Measure(Math.Max(2, crops / 4));
(double all, long allBytes) = Measure(crops);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ViT-B/12({width}), {Environment.ProcessorCount} threads, {crops} crops of 96^3: plain forward passes {plain.Sum():F1} s, analysis {all:F1} s, ratio {all / plain.Sum():F2}"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident memory after {Math.Max(2, crops / 4)} crops {fewBytes >> 20} MiB, after {crops} crops {allBytes >> 20} MiB; tensors alive {Tensor.TotalCount}"));

(double Seconds, long Bytes) Measure(int count)
{
    long start = Stopwatch.GetTimestamp();
    EncoderMeasures found = new EncoderMeasurement(options, Places(count), ["a", "b", "c"], CPU).Run(encoder, null, null, CancellationToken.None);
    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    if (found.Cases.Count != count) throw new InvalidOperationException("Not every crop was measured.");
    return (seconds, Environment.WorkingSet);
}

ProbeCrops Places(int count) => new(cases, crop, Size3.Cube(12), 4, count / 2, 0);

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
