using System.Diagnostics;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;
using TorchSharp;

namespace HiEndMae.Engine.Data;

/// <summary>Crops cut by the thread that trains, between two steps.</summary>
public sealed class BatchSource(CaseCache cases, DataConfig config, int channels, bool withLabels, long seed, torch.Device device) : IBatchSource
{
    private readonly CropBatch batch = new(config.Volumes * config.CropsPerVolume, channels, config.Crop, withLabels, device);
    private long waited;

    /// <inheritdoc/>
    public int BatchSize => config.Volumes * config.CropsPerVolume;

    /// <inheritdoc/>
    public TimeSpan DataWait => Stopwatch.GetElapsedTime(0, waited);

    /// <inheritdoc/>
    /// <exception cref="Imaging.VolumeException">A case cannot be prepared.</exception>
    public CropBatch Get(int step)
    {
        long start = Stopwatch.GetTimestamp();
        int crops = config.CropsPerVolume;
        for (int volume = 0; volume < config.Volumes; volume++)
        {
            PreparedCase source = cases.Get(CaseOf((long)step * config.Volumes + volume));
            Parallel.For(0, crops, crop =>
            {
                int sample = volume * crops + crop;
                var random = new RandomSource(seed, Purpose.Crop, step, sample);
                CropView view = CropView.Draw(source, config, ref random);
                view.CopyImage(source.Image, batch.Image(sample));
                if (withLabels) view.CopyLabel(source.Label!, batch.Label(sample));
            });
        }
        waited += Stopwatch.GetTimestamp() - start;
        return batch;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> CasesOf(int step) =>
        [.. Enumerable.Range(0, BatchSize).Select(sample => cases.IdOf(CaseOf((long)step * config.Volumes + sample / config.CropsPerVolume)))];

    /// <inheritdoc/>
    public void Dispose() => batch.Dispose();

    // Every epoch is a permutation of the cases, of its own.
    private int CaseOf(long draw)
    {
        int count = cases.Count;
        Span<long> order = count <= 1024 ? stackalloc long[count] : new long[count];
        new RandomSource(seed, Purpose.Order, draw / count).Permute(order);
        return (int)order[(int)(draw % count)];
    }
}
