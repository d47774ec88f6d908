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
// Half of the plain passes run before the analysis and half after it, so that both meet the same load. On a busy machine only the ratio of processor times with one thread means anything.
// dotnet run -c Release --project bench/Analysis [-- CROPS [EMBED_DIM HEADS]]
int crops = args.Length > 0 ? Number(args[0]) : 16, width = args.Length > 1 ? Number(args[1]) : 1536, heads = args.Length > 2 ? Number(args[2]) : 16;
TensorMemory.Install();
set_num_threads(int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : Environment.ProcessorCount);
manual_seed(0);
Size3 crop = Size3.Cube(96);
using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = width, NumHeads = heads, PatchSize = 12 }, new EncoderContext(1, crop, EncoderUse.Pretraining));
encoder.eval();
var data = new DataConfig { Dataset = null!, SpacingMm = Spacing3.Isotropic(1.5), Window = [-175, 250], Crop = crop };
var info = new DatasetInfo("noise", ["CT"], ["background", "a", "b", "c"]);
CasePreparer preparer = CasePreparer.ForTraining(data, info, withLabels: true);
using var cases = new PreparedCases([.. Enumerable.Range(0, 2).Select(seed => preparer.Prepare(new NoiseCase(seed), CancellationToken.None))], [1, 1]);
var options = new MeasurementOptions { Ranks = [RankDefinition.AllHeads, RankDefinition.Centred, RankDefinition.PerHead, RankDefinition.Squared], Attention = true, Cka = true };
long early = 0;
Analyse(2); // warms up
(double Wall, double Processor) before = Time(() => Plain(0)), analysis = Time(() => Analyse(crops)), after = Time(() => Plain(1));
(double wall, double processor) = (before.Wall + after.Wall, before.Processor + after.Processor);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ViT-B/12({width}), {get_num_threads()} threads, {crops} crops of 96^3: plain forward passes {wall:F1} s, analysis {analysis.Wall:F1} s, ratio {analysis.Wall / wall:F2}"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time: plain forward passes {processor:F1} s, analysis {analysis.Processor:F1} s, ratio {analysis.Processor / processor:F2}"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident memory after {Math.Max(2, crops / 4)} crops {early >> 20} MiB, after {crops} crops {Environment.WorkingSet >> 20} MiB; tensors alive {Tensor.TotalCount}"));

// The crops of one half: each case's own.
void Plain(int half)
{
    ProbeCrops places = Places(crops);
    using IDisposable noGrad = no_grad();
    foreach ((int index, int number) in places.Places().Where(place => place.Case == half))
    {
        using DisposeScope scope = NewDisposeScope();
        encoder.Encode(places.Cut(index, number).Volume, []);
    }
}

void Analyse(int count)
{
    EncoderMeasures found = new EncoderMeasurement(options, Places(count), ["a", "b", "c"], CPU).Run(encoder, null, (done, _) => early = done == Math.Max(2, crops / 4) ? Environment.WorkingSet : early, CancellationToken.None);
    if (found.Cases.Count != count) throw new InvalidOperationException("Not every crop was measured.");
}

static (double Wall, double Processor) Time(Action work)
{
    TimeSpan used = Environment.CpuUsage.TotalTime;
    long start = Stopwatch.GetTimestamp();
    work();
    return (Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
}

ProbeCrops Places(int count) => new(cases, crop, Size3.Cube(12), 4, count / 2, 0);

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
