using System.Diagnostics;
using System.Globalization;
using HiEndMae;
using HiEndMae.Bench.Pretext;
using HiEndMae.Bench.Shared;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Pretext;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// Time of a step of each pretext task with a small encoder, the encoder's share of it, crops per second and core of its sampler, and peak memory. Each method runs in a process of its own.
// dotnet run -c Release --project bench/Pretext [-- METHOD]
const int steps = 3, warmUp = 1;
var methods = new (string Name, int Batch, Size3 Crop, Func<EncoderContext, Encoder> Encoder, Func<DecoderContext, PretextTask> Task, IViewSizes? Views)[]
{
    Method("sup", 2, new SupConfig(), Swin(false), (config, context) => new SupTask(config, context)),
    Method("voco", 1, new VocoConfig { GridCells = 2, EmbeddingSize = 256 }, Swin(true), (config, context) => new VocoTask(config, context), new Size3(128, 128, 64)),
    Method("spark", 2, new SparkConfig { DecoderWidth = 128 }, context => new MedNextEncoder(new MedNextConfig { NumChannels = 8 }, context), (config, context) => new SparkTask(config, context)),
    Method("hyspark", 2, new HySparkConfig { DecoderWidth = 96 }, context => new HybridEncoder(new HybridConfig { Widths = [8, 16, 32, 64, 96], VitHeads = 6 }, context), (config, context) => new HySparkTask(config, context)),
    Method("models-genesis", 2, new ModelsGenesisConfig(), Unet(new Unet3dConfig { Widths = [8, 16, 32, 64] }), (config, context) => new ModelsGenesisTask(config, context)),
    Method("transvw", 2, new TransVwConfig { Words = "words.json" }, Unet(new Unet3dConfig { Widths = [8, 16, 32, 64] }), (config, context) => new TransVwTask(config, context)),
    Method("vox2vec", 2, new Vox2VecConfig { ViewSize = new Size3(64, 64, 32), Pairs = 2 }, context => new Vox2VecFpnEncoder(new Vox2VecFpnConfig { BaseChannels = 8, NumScales = 5 }, context), (config, context) => new Vox2VecTask(config, context), new Size3(96, 96, 48)),
    Method("pcrlv2", 2, new Pcrlv2Config(), Unet(new Unet3dConfig { Widths = [8, 16, 32, 64], Norm = HiEndMae.Nn.UnetNorm.Batch, Skips = false }), (config, context) => new Pcrlv2Task(config, context), new Size3(128, 128, 96)),
    Method("gvsl", 2, new GvslConfig(), Unet(new Unet3dConfig { Widths = [8, 16, 32, 64], HalfWidthFirst = false, Norm = HiEndMae.Nn.UnetNorm.Group }), (config, context) => new GvslTask(config, context)),
    Method("unimiss", 2, new UnimissConfig { ViewSize = new Size3(16, 64, 64), Outputs = 4096, HiddenSize = 256, BottleneckSize = 64 }, Mit(), (config, context) => new UnimissTask(config, context), new Size3(112, 112, 24)),
};
if (args.Length == 0)
{
    Console.WriteLine("One thread. 'encoder' is the time of the encoder's calls alone, forward and backward, as a part of the step. 'sampler' is the time before the first call of the encoder.");
    Console.WriteLine("| method | crop | crops a step | step (ms) | encoder | sampler (ms) | sampler (crops/s and core) | peak memory (GB) | step / product of 2048^3 |");
    Console.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|");
    foreach (string name in methods.Select(method => method.Name))
    {
        int code = OwnProcess.Run(name);
        if (code != 0) return code;
    }
    return 0;
}

TensorMemory.Install();
set_num_threads(1);
manual_seed(0);
(string chosen, int batch, Size3 crop, Func<EncoderContext, Encoder> createEncoder, Func<DecoderContext, PretextTask> createTask, IViewSizes? views) = methods.Single(method => method.Name == args[0]);
var encoderContext = new EncoderContext(1, views?.EncoderCrop(crop) ?? crop, EncoderUse.Pretraining);
using var encoder = new WatchedEncoder(createEncoder(encoderContext));
using PretextTask task = createTask(new DecoderContext(encoder.Info, crop) { BatchSize = batch, Window = new IntensityRange(-1350, 1000), NewEncoder = () => new WatchedEncoder(createEncoder(encoderContext), encoder.Calls) });
encoder.train();
task.train();
using Tensor volumes = rand([batch, 1, crop.X, crop.Y, crop.Z]);
using Tensor classes = zeros(batch, dtype: ScalarType.Int64);
Parameter[] parameters = [.. encoder.parameters().Concat(task.parameters()).Where(parameter => parameter.requires_grad)];
List<double> whole = [], sampling = [], encoding = [], products = [];
for (int step = 0; step < warmUp + steps; step++)
{
    using DisposeScope scope = NewDisposeScope();
    var info = new StepInfo(step, 1000);
    encoder.Restart();
    long start = Stopwatch.GetTimestamp();
    Tensor loss = task.Loss(encoder, new PretextBatch(volumes, null) { Step = info, Classes = classes, Masks = (cells, visible) => new TokenMask(rand(batch, cells).argsort(1), visible) });
    loss.backward();
    task.GradientsReady(encoder, info);
    using (no_grad()) foreach (Parameter parameter in parameters) if (parameter.grad is { } gradient) parameter.sub_(gradient * 1e-6);
    task.Updated(encoder, info);
    double all = Stopwatch.GetElapsedTime(start).TotalMilliseconds, before = Stopwatch.GetElapsedTime(start, encoder.FirstCall ?? start).TotalMilliseconds;
    foreach (Parameter parameter in parameters) parameter.grad?.zero_();
    (bool HasGradient, Func<Tensor> Again)[] calls = [.. encoder.Calls];
    start = Stopwatch.GetTimestamp();
    foreach ((bool hasGradient, Func<Tensor> again) in calls)
    {
        if (hasGradient) again().backward();
        else using (no_grad()) again();
    }
    double alone = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    foreach (Parameter parameter in parameters) parameter.grad?.zero_();
    double product = 1000 * Timing.Product();
    if (step < warmUp) continue;
    whole.Add(all);
    sampling.Add(before);
    encoding.Add(alone);
    products.Add(product);
}
double median = Timing.Median(whole), sampler = Timing.Median(sampling);
string perSecond = chosen is "spark" or "hyspark" ? "-" : string.Create(CultureInfo.InvariantCulture, $"{1000 * batch / sampler:F1}");
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"| `{chosen}` | {crop} | {batch} | {median:F0} | {100 * Timing.Median(encoding) / median:F0} % | {sampler:F0} | {perSecond} | {Process.GetCurrentProcess().PeakWorkingSet64 / 1e9:F2} | {median / Timing.Median(products):F1} |"));
return 0;

static Func<EncoderContext, Encoder> Swin(bool skipBlocks) => context => new SwinEncoder(new SwinConfig { FeatureSize = 12, UseV2 = skipBlocks, SkipBlocks = skipBlocks }, context);

static Func<EncoderContext, Encoder> Unet(Unet3dConfig config) => context => new Unet3dEncoder(config, context);

static Func<EncoderContext, Encoder> Mit() => context => new MitEncoder(
    new MitConfig { StemChannels = 8, EmbedDims = [12, 32, 64, 128], Depths = [1, 1, 1, 1], DecoderDepths = [1, 1, 1], SrRatios = [4, 2, 1, 1], DecoderSrRatios = [1, 2, 4], TakesSlices = true }, context);

static (string, int, Size3, Func<EncoderContext, Encoder>, Func<DecoderContext, PretextTask>, IViewSizes?) Method<T>(
    string name, int batch, T config, Func<EncoderContext, Encoder> encoder, Func<T, DecoderContext, PretextTask> task, Size3? crop = null) =>
    (name, batch, crop ?? Size3.Cube(64), encoder, context => task(config, context), config as IViewSizes);
