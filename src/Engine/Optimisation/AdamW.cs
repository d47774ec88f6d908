using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>AdamW (Loshchilov and Hutter, arXiv:1711.05101) in one pass over memory: decay, both moments and the update of a value while it is in the cache.</summary>
/// <remarks>CPU float32 parameters take the fused pass; others (CUDA) tensor operations. Results do not depend on the number of threads.</remarks>
public sealed class AdamW : IDisposable
{
    private const int ChunkLength = 1 << 16;
    private readonly AdamWOptions options;
    private readonly Slot[] slots;
    private readonly Chunk[] chunks;
    private readonly ParallelOptions parallel;
    private readonly Action<int> updateChunk;
    private float correction1;
    private float rootCorrection2;
    private double currentLr;

    /// <summary>Creates the optimiser with zero moments. Parameters must stay where they are from now on.</summary>
    /// <param name="groups">What to train.</param>
    /// <param name="options">Constants.</param>
    /// <param name="threads">Threads of the fused pass, at least 1.</param>
    public AdamW(IReadOnlyList<ParameterGroup> groups, AdamWOptions options, int threads)
    {
        ArgumentNullException.ThrowIfNull(groups);
        this.options = options;
        slots = [.. groups.SelectMany(group => group.Parameters.Select(parameter => new Slot(parameter.Name, parameter.Value, group.LrScale, group.WeightDecay)))];
        chunks = [.. slots.Where(slot => slot.IsFused).SelectMany(slot => Enumerable.Range(0, (int)((slot.Length + ChunkLength - 1) / ChunkLength))
            .Select(i => new Chunk(slot, (long)i * ChunkLength, (int)Math.Min(ChunkLength, slot.Length - (long)i * ChunkLength))))];
        parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        updateChunk = UpdateChunk;
    }

    /// <summary>Steps done, for the bias correction.</summary>
    public long NumSteps { get; set; }

    /// <summary>Moments by parameter: live tensors, to be copied out of and into.</summary>
    public IReadOnlyList<(string Name, Tensor FirstMoment, Tensor SecondMoment)> State => [.. slots.Select(slot => (slot.Name, slot.First, slot.Second))];

    /// <summary>Zeroes every gradient that there is, in place.</summary>
    public void ZeroGrad()
    {
        using IDisposable noGrad = no_grad();
        foreach (Slot slot in slots)
        {
            using Tensor? gradient = slot.Parameter.grad;
            gradient?.zero_();
        }
    }

    /// <summary>Norm of all gradients together. Synchronises with the device.</summary>
    public double GradNorm()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        double squares = 0;
        foreach (Slot slot in slots)
        {
            if (slot.Parameter.grad is { } gradient) squares += gradient.to(ScalarType.Float64).square().sum().item<double>();
        }
        return Math.Sqrt(squares);
    }

    /// <summary>Scales all gradients so that their norm is at most <paramref name="max"/>, as torch.nn.utils.clip_grad_norm_ does.</summary>
    /// <returns>The norm before.</returns>
    public double ClipGradNorm(double max)
    {
        const double Eps = 1e-6;
        double norm = GradNorm(), factor = max / (norm + Eps);
        if (factor >= 1) return norm;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach (Slot slot in slots) slot.Parameter.grad?.mul_((float)factor);
        return norm;
    }

    /// <summary>One update. Parameters without a gradient are left alone.</summary>
    /// <param name="lr">Learning rate of this step.</param>
    public void Step(double lr)
    {
        NumSteps++;
        currentLr = lr;
        correction1 = (float)(1 - Math.Pow(options.Beta1, NumSteps));
        rootCorrection2 = (float)Math.Sqrt(1 - Math.Pow(options.Beta2, NumSteps));
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach (Slot slot in slots)
        {
            Tensor? gradient = slot.Parameter.grad;
            if (slot.IsFused) slot.Point(gradient);
            else if (gradient is not null) UpdateTensor(slot, gradient);
        }
        Parallel.For(0, chunks.Length, parallel, updateChunk);
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (Slot slot in slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private unsafe void UpdateChunk(int index)
    {
        (Slot slot, long start, int length) = chunks[index];
        if (slot.Gradient == 0) return;
        float* p = (float*)slot.Value + start, g = (float*)slot.Gradient + start, m = (float*)slot.FirstPointer + start, v = (float*)slot.SecondPointer + start;
        double lr = currentLr * slot.LrScale;
        float keep = (float)(1 - lr * slot.WeightDecay), step = (float)(lr / correction1), eps = (float)options.Eps;
        float beta2 = (float)options.Beta2, new1 = (float)(1 - options.Beta1), new2 = (float)(1 - options.Beta2), root = rootCorrection2;
        int i = 0, width = Vector<float>.Count;
        for (; i <= length - width; i += width)
        {
            Vector<float> gradient = Unsafe.ReadUnaligned<Vector<float>>(g + i), first = Unsafe.ReadUnaligned<Vector<float>>(m + i);
            first += (gradient - first) * new1;
            Vector<float> second = Unsafe.ReadUnaligned<Vector<float>>(v + i) * beta2 + gradient * gradient * new2;
            Vector<float> value = Unsafe.ReadUnaligned<Vector<float>>(p + i) * keep;
            value -= first / (Vector.SquareRoot(second) / new Vector<float>(root) + new Vector<float>(eps)) * step;
            Unsafe.WriteUnaligned(m + i, first);
            Unsafe.WriteUnaligned(v + i, second);
            Unsafe.WriteUnaligned(p + i, value);
        }
        for (; i < length; i++)
        {
            m[i] += (g[i] - m[i]) * new1;
            v[i] = v[i] * beta2 + g[i] * g[i] * new2;
            p[i] = p[i] * keep - m[i] / (MathF.Sqrt(v[i]) / root + eps) * step;
        }
    }

    private void UpdateTensor(Slot slot, Tensor gradient)
    {
        double lr = currentLr * slot.LrScale;
        slot.Parameter.mul_((float)(1 - lr * slot.WeightDecay));
        slot.First.lerp_(gradient, (float)(1 - options.Beta1));
        slot.Second.mul_((float)options.Beta2).addcmul_(gradient, gradient, (float)(1 - options.Beta2));
        Tensor denominator = slot.Second.sqrt().div_(rootCorrection2).add_((float)options.Eps);
        slot.Parameter.addcdiv_(slot.First, denominator, -(lr / correction1));
    }

    private sealed record Chunk(Slot Slot, long Start, int Length);

    private sealed class Slot
    {
        public Slot(string name, Parameter parameter, double lrScale, double weightDecay)
        {
            (Name, Parameter, LrScale, WeightDecay) = (name, parameter, lrScale, weightDecay);
            First = zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
            Second = zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
            Length = parameter.numel();
            IsFused = parameter.device_type == DeviceType.CPU && parameter.dtype == ScalarType.Float32 && parameter.is_contiguous();
            if (!IsFused) return;
            Value = Address(parameter);
            FirstPointer = Address(First);
            SecondPointer = Address(Second);
        }

        public string Name { get; }

        public Parameter Parameter { get; }

        public double LrScale { get; }

        public double WeightDecay { get; }

        public Tensor First { get; }

        public Tensor Second { get; }

        public long Length { get; }

        public bool IsFused { get; }

        public nint Value { get; }

        public nint FirstPointer { get; }

        public nint SecondPointer { get; }

        public nint Gradient { get; private set; }

        public void Point(Tensor? gradient) => Gradient = gradient is null ? 0 : Address(gradient.is_contiguous() ? gradient : gradient.contiguous());

        private static unsafe nint Address(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
    }
}
