using System.Diagnostics;
using System.Globalization;
using HiEndMae;
using HiEndMae.Bench.Models;
using HiEndMae.Bench.Shared;
using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using TorchSharp;
using static TorchSharp.torch;

// Times forward and backward of ViT-B/16(768) Hi-End-MAE with a batch of 4 crops of 96^3, against the matrix-product rate of the same run, and the time of each part.
// dotnet run -c Release --project bench/Models [-- STEPS | blocks | attention | transformer]
// dotnet run -c Release --project bench/Models -- networks [NAME [STEPS]]    times every network of the paper's tables instead
string part = args.Length > 0 && !char.IsAsciiDigit(args[0][0]) ? args[0] : "";
int steps = args.Length > 0 && part.Length == 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8;
const int batch = 4, warmUp = 2;
int threads = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : Environment.ProcessorCount;
if (part == "networks") return Networks.Run(args.ElementAtOrDefault(1), int.Parse(args.ElementAtOrDefault(2) ?? "3", CultureInfo.InvariantCulture), threads);
set_num_threads(threads);
manual_seed(0);
if (part is "blocks" or "")
{
    Console.WriteLine("UNETR's residual block, forward and backward, ms (as it is; the same of library calls in the library's layout)");
    foreach ((int samples, int inputs, int outputs, int edge) in new[] { (1, 1, 8, 32), (1, 16, 8, 32), (1, 32, 16, 16), (1, 128, 64, 8), (2, 16, 8, 48), (2, 32, 16, 32), (1, 64, 32, 96) })
        Blocks(samples, inputs, outputs, edge);
}
if (part is "attention" or "")
{
    Console.WriteLine("attention, forward and backward, ms (fused by the library; as products and softmax)");
    foreach ((int samples, int heads, int queries, int keys, int width) in new[] { (4, 3, 337, 337, 12), (4, 3, 337, 85, 12), (4, 4, 85, 85, 24), (1, 4, 336, 336, 24), (4, 12, 217, 217, 32), (4, 12, 55, 55, 64), (1, 12, 216, 216, 64) })
        Attention(samples, heads, queries, keys, width);
}
if (part is "transformer" or "")
{
    Console.WriteLine("transformer blocks, forward and backward, ms (as they are; layer by layer)");
    foreach ((int samples, int width, int heads, int tokens, int visible) in new[] { (4, 96, 4, 55, 0), (1, 96, 4, 216, 0), (4, 36, 3, 217, 55), (3, 24, 2, 7, 5), (4, 192, 6, 55, 0) })
        Transformer(samples, width, heads, tokens, visible);
}
if (part.Length > 0) return 0;
var encoderConfig = new Vit3dConfig { EmbedDim = 768, NumHeads = 12, PatchSize = 16 };
var decoderConfig = new HiEndMaeConfig { EmbedDim = 384, NumHeads = 12 };
Size3 crop = Size3.Cube(96);
var context = new EncoderContext(1, crop, EncoderUse.Pretraining);
using var encoder = new Vit3dEncoder(encoderConfig, context);
var decoderContext = new DecoderContext(encoder.Info, crop);
using var decoder = new HiEndMaeDecoder(decoderConfig, decoderContext);
using Tensor volumes = rand(new long[] { batch, 1, 96, 96, 96 });
long[] parameters = [.. encoder.parameters().Concat(decoder.parameters()).Select(parameter => parameter.numel())];
double multiplyAdds = batch * (((IEncoderCounter)encoderConfig).Count(context, 0.75).Sum(part => part.MultiplyAdds) + ((IDecoderCounter)decoderConfig).Count(decoderContext, 0.75).Sum(part => part.MultiplyAdds));

// The best rate of matrix products of the model's most frequent sizes and of a large one is the reference.
double rate = MatrixRate(batch * 217, 384, 1536), wide = MatrixRate(batch * 55, 768, 3072), large = MatrixRate(2048, 2048, 2048), most = Math.Max(large, Math.Max(rate, wide));
var forward = new List<double>();
var backward = new List<double>();
for (int step = 0; step < warmUp + steps; step++)
{
    using DisposeScope scope = NewDisposeScope();
    using var mask = new TokenMask(rand(batch, 216).argsort(1), 54);
    long start = Stopwatch.GetTimestamp();
    Tensor loss = decoder.Loss(encoder, new PretextBatch(volumes, mask));
    double first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    start = Stopwatch.GetTimestamp();
    loss.backward();
    double second = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    foreach (var parameter in encoder.parameters().Concat(decoder.parameters())) parameter.grad?.zero_();
    if (step < warmUp) continue;
    forward.Add(first);
    backward.Add(second);
}
double step1 = Timing.Median(forward), step2 = Timing.Median(backward), flops = 6 * multiplyAdds;
Console.WriteLine(Text($"ViT-B/16(768) Hi-End-MAE, batch {batch}, {parameters.Sum() / 1e6:F1} M parameters, {Environment.ProcessorCount} threads"));
Console.WriteLine(Text($"matrix products: {rate:F0} GFLOP/s (decoder's sizes), {wide:F0} (encoder's sizes), {large:F0} (2048^3)"));
Console.WriteLine(Text($"forward {step1:F0} ms, backward {step2:F0} ms, together {step1 + step2:F0} ms (worst {forward.Zip(backward, (a, b) => a + b).Max():F0} ms); resident {Environment.WorkingSet / 1e9:F1} GB"));
Console.WriteLine(Text($"multiply-adds x 6: {flops / 1e9:F0} GFLOP, {flops / 1e6 / (step1 + step2):F0} GFLOP/s, {100 * flops / 1e6 / (step1 + step2) / most:F0} % of the matrix-product rate"));
Parts();
return 0;

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

double MatrixRate(int rows, int inner, int columns)
{
    using DisposeScope scope = NewDisposeScope();
    using IDisposable noGrad = no_grad();
    Tensor a = rand(rows, inner), b = rand(inner, columns), product = zeros(rows, columns);
    double best = double.MaxValue;
    for (int i = 0; i < 40; i++)
    {
        long start = Stopwatch.GetTimestamp();
        product.addmm_(a, b, beta: 0, alpha: 1);
        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
    return 2.0 * rows * inner * columns / best / 1e9;
}

void Parts()
{
    using var plainEncoder = new TransformerBlock(768, 12, 4);
    using var plain = new TransformerBlock(384, 12, 4);
    using var dense = new DenseBlock(384, 12, 4);
    using var attention = new SelfAttention(384, 12);
    using var mlp = new Mlp(384, 4);
    using var embedding = new PatchEmbedding(1, 16, 768);
    Tensor tokens = rand(batch, 217, 384), context = rand(batch, 55, 384), visible = rand(batch, 55, 768), patches = rand(batch, 54, 4096);
    Console.WriteLine("time per part, forward and backward, ms (and its part of the matrix-product rate)");
    Part("encoder block x 12", 12, () => plainEncoder.forward(visible), LayerCounts.TransformerBlock(55, 768, 4));
    Part("decoder block x 2", 2, () => plain.forward(tokens), LayerCounts.TransformerBlock(217, 384, 4));
    Part("dense stage x 3", 3, () => dense.forward(tokens, context), LayerCounts.DenseBlock(217, 55, 384, 4));
    Part("  of a decoder block: attention", 1, () => attention.forward(tokens), LayerCounts.Linear(217, 384, 1152) + LayerCounts.Attention(217, 217, 384) + LayerCounts.Linear(217, 384, 384));
    Part("  of a decoder block: MLP", 1, () => mlp.forward(tokens), LayerCounts.Mlp(217, 384, 4));
    Part("patch embedding", 1, () => embedding.forward(patches), LayerCounts.Linear(54, 4096, 768));
}

void Part(string name, int count, Func<Tensor> run, LayerCounts counts)
{
    double time = Time(run);
    Console.WriteLine(Text($"  {name}: {count * time:F0} ({100 * 6 * batch * counts.MultiplyAdds / 1e6 / time / most:F0} %)"));
}

void Attention(int samples, int heads, int queries, int keys, int width)
{
    using DisposeScope scope = NewDisposeScope();
    Tensor[] parts = [.. new[] { queries, keys, keys }.Select(tokens => rand(new long[] { samples, heads, tokens, width }).requires_grad_(true))];
    double fused = Time(() => nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]));
    double products = Time(() => (parts[0] * Math.Pow(width, -0.5)).matmul(parts[1].transpose(-2, -1)).softmax(-1).matmul(parts[2]));
    Console.WriteLine(Text($"  [{samples}, {heads} heads of {width}, {queries} x {keys}]: {fused:F2}, {products:F2}: {fused / products:F2} x"));
}

// A block of the encoder, or a dense stage of the decoder with keys of the visible tokens.
void Transformer(int samples, int width, int heads, int tokens, int visible)
{
    using DisposeScope scope = NewDisposeScope();
    using var block = new TransformerBlock(width, heads, 4);
    using var dense = new DenseBlock(width, heads, 4);
    Tensor x = rand(new long[] { samples, tokens, width }).requires_grad_(true), context = rand(new long[] { samples, Math.Max(1, visible), width });
    double[] times = [.. new[] { false, true }.Select(layers =>
    {
        block.RunsLayers = dense.RunsLayers = layers;
        return Time(() => visible == 0 ? block.call(x) : dense.call(x, context));
    })];
    Console.WriteLine(Text($"  [{samples}, {tokens}, {width}], {heads} heads{(visible == 0 ? "" : $", {visible} visible")}: {times[0]:F2}, {times[1]:F2}: {times[1] / times[0]:F2} x"));
}

void Blocks(int samples, int inputs, int outputs, int edge)
{
    using DisposeScope scope = NewDisposeScope();
    using var block = new UnetrResBlock(inputs, outputs, new UnetrBlockOptions(UnetrNorm.Instance, true));
    Dictionary<string, Tensor> weights = block.state_dict();
    Tensor x = rand(new long[] { samples, inputs, edge, edge, edge }).requires_grad_(inputs > 1);
    double ours = Time(() => block.call(x)), library = Time(() => Library(x));
    Console.WriteLine(Text($"  [{samples}, {inputs} to {outputs}, {edge}^3]: {ours:F1}, {library:F1}: {library / ours:F2} x"));

    Tensor Library(Tensor volumes)
    {
        Tensor y = nn.functional.leaky_relu(nn.functional.instance_norm(Convolve(volumes, "conv1", 1)), 0.01);
        return nn.functional.leaky_relu(nn.functional.instance_norm(Convolve(y, "conv2", 1)) + nn.functional.instance_norm(Convolve(volumes, "conv3", 0)), 0.01);
    }

    Tensor Convolve(Tensor volumes, string name, long padding) => nn.functional.conv3d(volumes, weights[$"{name}.conv.weight"], padding: [padding, padding, padding]);
}

static double Time(Func<Tensor> run)
{
    var times = new List<double>();
    for (int i = 0; i < 12; i++)
    {
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        run().sum().backward();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    return times.Skip(4).Min();
}
