using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;

namespace HiEndMae.Engine.Data;

/// <summary>Batches by step: which crops a step sees depends on the seed and the step alone, so that a resumed run sees what the killed one would have seen.</summary>
/// <remarks>
/// Crops are cut by the thread that trains, between two steps, into one buffer that is used again. That costs a few milliseconds, and it is
/// needed: the tensor library hands native code scalars that nothing keeps alive, so a garbage collection started by another thread in the
/// middle of an operation frees what the operation still reads.
/// </remarks>
public sealed class BatchSource(CaseCache cases, DataConfig config, int channels, bool withLabels, long seed)
{
    private readonly CropBatch batch = Empty(config, channels, withLabels);

    /// <summary>B: crops in a batch.</summary>
    public int BatchSize => config.Volumes * config.CropsPerVolume;

    /// <summary>The batch of a step, valid until the next one is asked for.</summary>
    /// <exception cref="Imaging.VolumeException">A case cannot be prepared.</exception>
    public CropBatch Get(int step)
    {
        int voxels = checked((int)config.Crop.Count), crops = config.CropsPerVolume;
        for (int volume = 0; volume < config.Volumes; volume++)
        {
            PreparedCase source = cases.Get(CaseOf((long)step * config.Volumes + volume));
            Parallel.For(0, crops, crop =>
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
