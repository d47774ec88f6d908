using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;

namespace HiEndMae.Engine.Data;

/// <summary>Batches by step: which crops a step sees depends on the seed and the step alone, so that a resumed run sees what the killed one would have seen.</summary>
/// <remarks>The next batch is made while the model works on this one. Two buffers take turns; a batch is valid until the one after the next.</remarks>
public sealed class BatchSource(CaseCache cases, DataConfig config, int channels, bool withLabels, long seed, CancellationToken cancel) : IDisposable
{
    private readonly CropBatch[] buffers = [Empty(config, channels, withLabels), Empty(config, channels, withLabels)];
    private Task<CropBatch>? pending;
    private int pendingStep = -1;

    /// <summary>B: crops in a batch.</summary>
    public int BatchSize => config.Volumes * config.CropsPerVolume;

    /// <summary>The batch of a step.</summary>
    /// <exception cref="Imaging.VolumeException">A case cannot be prepared.</exception>
    public CropBatch Get(int step)
    {
        Task<CropBatch> task = pendingStep == step && pending is not null ? pending : Task.Run(() => Fill(step), cancel);
        CropBatch batch = task.GetAwaiter().GetResult();
        pendingStep = step + 1;
        pending = Task.Run(() => Fill(step + 1), cancel);
        return batch;
    }

    /// <summary>Waits for the batch under way, whose result nobody needs.</summary>
    public void Dispose()
    {
        try
        {
            pending?.Wait(CancellationToken.None);
        }
        catch (AggregateException)
        {
            // A failure of a batch that no step asked for is no failure of the run.
        }
    }

    private CropBatch Fill(int step)
    {
        CropBatch batch = buffers[step & 1];
        int voxels = checked((int)config.Crop.Count), crops = config.CropsPerVolume;
        for (int volume = 0; volume < config.Volumes; volume++)
        {
            PreparedCase source = cases.Get(CaseOf((long)step * config.Volumes + volume), cancel);
            Parallel.For(0, crops, new ParallelOptions { CancellationToken = cancel }, crop =>
            {
                int sample = volume * crops + crop;
                var random = new RandomSource(seed, Purpose.Crop, step, sample);
                CropView view = CropView.Draw(source, config, ref random);
                view.CopyImage(source.Image, batch.Images.AsSpan(sample * channels * voxels, channels * voxels));
                if (withLabels) view.CopyLabel(source.Label!, batch.Labels.AsSpan(sample * voxels, voxels));
            });
        }
        return batch;
    }

    // Every epoch is a permutation of the cases, of its own.
    private int CaseOf(long draw)
    {
        int count = cases.Count;
        Span<long> order = count <= 1024 ? stackalloc long[count] : new long[count];
        new RandomSource(seed, Purpose.Order, draw / count).Permute(order);
        return (int)order[(int)(draw % count)];
    }

    private static CropBatch Empty(DataConfig config, int channels, bool withLabels)
    {
        long voxels = config.Volumes * config.CropsPerVolume * config.Crop.Count;
        return new CropBatch(new float[checked(voxels * channels)], withLabels ? new long[voxels] : []);
    }
}
