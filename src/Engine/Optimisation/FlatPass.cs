using System.Numerics;
using System.Runtime.CompilerServices;
using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Updates all parameters in one pass over memory on CPU: each block is decayed, updated and averaged while it is in the cache.</summary>
/// <remarks>A step allocates nothing. Results do not depend on the number of threads, because sums are computed per chunk and chunks are added in order.</remarks>
internal sealed unsafe class FlatPass
{
    private const int ChunkLength = 1 << 16;
    private const int BlockLength = 1 << 12;
    private readonly FlatParameters parameters;
    private readonly FlatOptimizer rule;
    private readonly Chunk[] chunks;
    private readonly double[] squares;
    private readonly nint[] gradients;
    private readonly nint values;
    private readonly nint[] moments;
    private readonly nint average;
    private readonly int threads;
    private readonly Action<int> addSquares;
    private readonly Action<int> updateChunk;
    private StepRequest request;
    private readonly float[] factors;

    public FlatPass(FlatParameters parameters, FlatOptimizer rule, IReadOnlyList<Tensor> moments, Tensor? average, int threads)
    {
        this.parameters = parameters;
        this.rule = rule;
        chunks = [.. parameters.Slots.SelectMany((slot, index) => Enumerable.Range(0, (int)((slot.Length + ChunkLength - 1) / ChunkLength))
            .Select(i => new Chunk(index, slot.Group, (long)i * ChunkLength, slot.Offset + ((long)i * ChunkLength), (int)Math.Min(ChunkLength, slot.Length - ((long)i * ChunkLength)))))];
        squares = new double[chunks.Length];
        gradients = new nint[parameters.Slots.Count];
        factors = new float[gradients.Length];
        values = NativeTensors.Address(parameters.Values.Handle);
        this.moments = [.. moments.Select(moment => NativeTensors.Address(moment.Handle))];
        this.average = average is null ? 0 : NativeTensors.Address(average.Handle);
        this.threads = threads;
        (addSquares, updateChunk) = (AddSquares, UpdateChunk);
    }

    /// <summary>Finds the gradients and returns their norm, before unscaling.</summary>
    public double Norm()
    {
        for (int i = 0; i < gradients.Length; i++) gradients[i] = parameters.GradientAddress(i);
        ComputeThreads.Run(threads, chunks.Length, addSquares);
        double sum = 0;
        foreach (double square in squares) sum += square;
        return Math.Sqrt(sum);
    }

    /// <summary>Updates parameters that have a gradient.</summary>
    /// <param name="step">Learning rate and average of the step.</param>
    /// <param name="gradientFactor">Factor that unscales and clips gradients.</param>
    public void Update(in StepRequest step, float gradientFactor)
    {
        request = step;
        Array.Fill(factors, gradientFactor);
        if (step.MaxParameterNorm > 0) ClipParameters(step);
        ComputeThreads.Run(threads, chunks.Length, updateChunk);
    }

    // The squares of all chunks are known since the norm.
    private void ClipParameters(in StepRequest step)
    {
        for (int index = 0; index < chunks.Length;)
        {
            int slot = chunks[index].Slot;
            double sum = 0;
            for (; index < chunks.Length && chunks[index].Slot == slot; index++) sum += squares[index];
            factors[slot] *= (float)FlatOptimizer.ClipFactor(step.MaxParameterNorm, Math.Sqrt(sum) / step.LossScale);
        }
    }

    private void AddSquares(int index)
    {
        Chunk chunk = chunks[index];
        squares[index] = gradients[chunk.Slot] == 0 ? 0 : SumOfSquares((float*)gradients[chunk.Slot] + chunk.Start, chunk.Length);
    }

    // In double precision: the squares of scaled gradients can exceed the range of single precision.
    private static double SumOfSquares(float* data, int length)
    {
        Vector<double> even = Vector<double>.Zero, odd = Vector<double>.Zero;
        int i = 0, width = Vector<float>.Count;
        for (; i <= length - width; i += width)
        {
            Vector.Widen(Unsafe.ReadUnaligned<Vector<float>>(data + i), out Vector<double> low, out Vector<double> high);
            even += low * low;
            odd += high * high;
        }
        double sum = Vector.Sum(even + odd);
        for (; i < length; i++) sum += (double)data[i] * data[i];
        return sum;
    }

    private void UpdateChunk(int index)
    {
        Chunk chunk = chunks[index];
        if (gradients[chunk.Slot] == 0) return;
        ParameterGroup group = parameters.Groups[chunk.Group];
        float mix = (float)(1 - request.AverageDecay);
        for (int start = 0; start < chunk.Length; start += BlockLength)
        {
            long at = chunk.Offset + start;
            int length = Math.Min(BlockLength, chunk.Length - start);
            rule.UpdateBlock(new UpdateBlock
            {
                Values = (float*)values + at,
                Gradient = (float*)gradients[chunk.Slot] + chunk.Start + start,
                First = (float*)moments[0] + at,
                Second = (float*)moments[moments.Length > 1 ? 1 : 0] + at,
                Third = (float*)moments[^1] + at,
                Length = length,
                GradientFactor = factors[chunk.Slot],
                Lr = request.Lr * group.LrScale,
                WeightDecay = group.WeightDecay * request.DecayFactor,
            });
            if (average != 0) Mix((float*)average + at, (float*)values + at, length, mix);
        }
    }

    private static void Mix(float* average, float* values, int length, float mix)
    {
        int i = 0, width = Vector<float>.Count;
        for (; i <= length - width; i += width)
        {
            Vector<float> old = Unsafe.ReadUnaligned<Vector<float>>(average + i);
            Unsafe.WriteUnaligned(average + i, old + ((Unsafe.ReadUnaligned<Vector<float>>(values + i) - old) * mix));
        }
        for (; i < length; i++) average[i] += (values[i] - average[i]) * mix;
    }

    private readonly record struct Chunk(int Slot, int Group, long Start, long Offset, int Length);
}
