using System.Diagnostics;
using System.Globalization;
using HiEndMae.Bench.Optimiser;
using HiEndMae.Engine.Optimisation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = HiEndMae.Engine.Optimisation.AdamW;

// Times a step of 100 M parameters in the tensors of a transformer, against TorchSharp's AdamW and against memory bandwidth. Rounds are interleaved and the best one counts.
// dotnet run -c Release --project bench/Optimiser [-- ROUNDS]
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8, threads = Environment.ProcessorCount;
set_num_threads(threads);
manual_seed(0);
const int blocks = 14, width = 768;
(string Name, Parameter Value)[] ours = Create(), theirs = Create();
long count = ours.Sum(entry => entry.Value.numel());
var constants = new AdamWOptions(0.9, 0.95, 1e-8);
using var fused = new AdamW([new ParameterGroup(ours, 1, 0.05)], constants, threads);
using optim.Optimizer torchsharp = optim.AdamW(theirs.Select(entry => entry.Value), 1e-4, 0.9, 0.95, weight_decay: 0.05);
foreach ((_, Parameter value) in ours.Concat(theirs)) value.grad = randn_like(value);
using var memory = new MemoryTraffic(count, threads);

var best = new Dictionary<string, double>();
for (int round = 0; round < rounds; round++)
{
    Measure("memory, 4 streams read and 3 written", memory.ReadFourWriteThree);
    Measure("memory, 1 stream read", memory.ReadOne);
    Measure("AdamW: norm, clipping, update", () => fused.Step(new StepRequest(1e-4) { MaxGradNorm = 1 }));
    Measure("TorchSharp's AdamW, update alone", () => torchsharp.step());
}
double streams = 7.0 * sizeof(float) * count, read = (double)sizeof(float) * count;
double bandwidth = streams / best["memory, 4 streams read and 3 written"] / 1e9;
double ideal = best["memory, 4 streams read and 3 written"] + best["memory, 1 stream read"], step = best["AdamW: norm, clipping, update"];
Console.WriteLine(Text($"{count / 1e6:F1} M parameters in {ours.Length} tensors, {threads} threads, best of {rounds} rounds"));
foreach ((string name, double time) in best) Console.WriteLine(Text($"  {name}: {1000 * time:F1} ms"));
Console.WriteLine(Text($"  memory moves {bandwidth:F1} GB/s; the step {(streams + read) / step / 1e9:F1} GB/s, {100 * ideal / step:F0} % of what the same traffic without arithmetic takes"));
Console.WriteLine(Text($"  {best["TorchSharp's AdamW, update alone"] / step:F1} times faster than TorchSharp's, which does no norm and no clipping"));

(string, Parameter)[] Create() => [.. Enumerable.Range(0, blocks).SelectMany(block => new (string, Parameter)[]
{
    ($"{block}.norm1.weight", new(ones(width))), ($"{block}.norm1.bias", new(zeros(width))),
    ($"{block}.qkv.weight", new(randn(3 * width, width))), ($"{block}.qkv.bias", new(zeros(3 * width))),
    ($"{block}.proj.weight", new(randn(width, width))), ($"{block}.proj.bias", new(zeros(width))),
    ($"{block}.norm2.weight", new(ones(width))), ($"{block}.norm2.bias", new(zeros(width))),
    ($"{block}.fc1.weight", new(randn(4 * width, width))), ($"{block}.fc1.bias", new(zeros(4 * width))),
    ($"{block}.fc2.weight", new(randn(width, 4 * width))), ($"{block}.fc2.bias", new(zeros(width))),
})];

void Measure(string name, Action run)
{
    long start = Stopwatch.GetTimestamp();
    run();
    double time = Stopwatch.GetElapsedTime(start).TotalSeconds;
    best[name] = Math.Min(time, best.GetValueOrDefault(name, double.MaxValue));
}

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
