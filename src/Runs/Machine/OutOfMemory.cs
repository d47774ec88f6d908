using System.Globalization;
using System.Runtime.InteropServices;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.TorchRepairs.Memory;

namespace HiEndMae.Runs.Machine;

/// <summary>Explains errors about memory, of libtorch and of .NET, and names the keys that reduce it.</summary>
internal static class OutOfMemory
{
    private static readonly string[] Marks = ["out of memory", "can't allocate memory", "not enough memory"];

    /// <summary>Whether an error, or its cause, says that a GPU, the machine or its container is out of memory.</summary>
    public static bool IsSaidBy(Exception error) =>
        error is OutOfMemoryException
        || (error is ExternalException && Marks.Any(mark => error.Message.Contains(mark, StringComparison.OrdinalIgnoreCase)))
        || (error is AggregateException or TypeInitializationException && error.InnerException is { } cause && IsSaidBy(cause));

    /// <summary>Describes the failed request and the available memory. It is libtorch's message without its stack trace, or our own numbers for CPU tensors, because libtorch's message then names another size.</summary>
    public static string FirstLine(Exception error)
    {
        if (error is not ExternalException && IsSaidBy(error)) return "the machine or its container gives this program no more memory";
        string said = error.Message.Split('\n', 2)[0].Split("Exception raised from", 2)[0].Trim().TrimEnd('.');
        return TensorMemory.RefusedBytes > 0 && !said.Contains("CUDA", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture,
                $"a tensor of {Gibibytes(TensorMemory.RefusedBytes)} was asked for, {Gibibytes(TensorMemory.UsedBytes)} are in use, and the machine or its container has {Gibibytes(TensorMemory.LimitBytes)}")
            : said;
    }

    private static string Gibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.00} GiB");

    /// <summary>Creates the error of a training stage.</summary>
    /// <param name="kind">Pre-training or fine-tuning.</param>
    /// <param name="training">Config of the training.</param>
    /// <param name="config">The experiment.</param>
    /// <param name="error">The error of libtorch.</param>
    public static MemoryLimitException InTraining(StageKind kind, TrainingConfig training, ExperimentConfig config, Exception error)
    {
        DataConfig data = training.Data;
        string stage = Stage.NameOf(kind);
        var ways = new List<string>();
        (string key, int count) = data.Volumes > 1 ? ("volumes", data.Volumes) : ("crops_per_volume", data.CropsPerVolume);
        if (count > 1)
        {
            int fewer = Enumerable.Range(1, count / 2).Last(part => count % part == 0);
            ways.Add(string.Create(CultureInfo.InvariantCulture, $"[{stage}.data] {key} = {fewer} with [{stage}] grad_accumulation = {training.GradAccumulation * count / fewer} (the same number of crops per step)"));
        }
        if (config.Encoder.ToTable().Find("checkpoint_blocks") is ConfigScalar { Value: false }) ways.Add("[encoder] checkpoint_blocks = true (the same gradients, a third slower)");
        if (config.Precision is Precision.Float32 or Precision.Auto) ways.Add("precision = \"bfloat16\"");
        ways.Add($"a smaller [{stage}.data] crop");
        return new MemoryLimitException(string.Create(CultureInfo.InvariantCulture,
            $"Memory ran out in {stage}: {FirstLine(error)}. A forward pass holds {data.Volumes * data.CropsPerVolume} crops of {data.Crop.X} x {data.Crop.Y} x {data.Crop.Z} (volumes = {data.Volumes}, crops_per_volume = {data.CropsPerVolume}, grad_accumulation = {training.GradAccumulation}). Less is taken by {string.Join("; ", ways)}."), error);
    }

    /// <summary>Creates the error of an evaluation or a prediction.</summary>
    /// <param name="evaluate">Config of the evaluation.</param>
    /// <param name="error">The error of libtorch.</param>
    public static MemoryLimitException InEvaluation(EvaluateConfig evaluate, Exception error)
    {
        var ways = new List<string>();
        if (evaluate.WindowBatch > 1) ways.Add(string.Create(CultureInfo.InvariantCulture, $"[evaluate] window_batch = {evaluate.WindowBatch / 2}"));
        if (evaluate.AccumulateIn == AccumulatorType.Float32) ways.Add("[evaluate] accumulate_in = \"float16\"");
        if (evaluate.Flips.Count > 0) ways.Add("fewer [evaluate] flips");
        return new MemoryLimitException($"Memory ran out while segmenting: {FirstLine(error)}. {(ways.Count == 0 ? "Nothing in [evaluate] takes less; use a device with more memory." : $"Less is taken by {string.Join("; ", ways)}.")}", error);
    }
}
