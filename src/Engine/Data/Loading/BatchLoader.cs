using System.Diagnostics;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Randomness;
using TorchSharp;

namespace HiEndMae.Engine.Data.Loading;

/// <summary>Cuts batches on separate threads, ahead of the trainer, into buffers that are used in turn.</summary>
/// <remarks>
/// A crop depends only on (seed, epoch, case, draw, crop), so neither the number of workers nor their timing changes a value. Workers allocate nothing, because a garbage
/// collection in the middle of a tensor operation could free what the operation reads (ARCHITECTURE.md, "Garbage collection and tensors").
/// </remarks>
public sealed class BatchLoader : IBatchSource
{
    // An object instead of a Lock, because threads wait on it with Monitor.
    private readonly object gate = new();
    private readonly PreparedCases cases;
    private readonly LoaderPlan plan;
    private readonly BatchSlot[] slots;
    private readonly CaseOrder order;
    private readonly Thread[] workers;
    private BatchSlot? held;
    private int nextToOpen;
    private int numOpened;
    private int cutting;
    private bool draining;
    private bool stopped;
    private Exception? failure;
    private long waited;

    /// <summary>Allocates the buffers and starts the workers.</summary>
    /// <param name="cases">Prepared cases; the loader disposes them.</param>
    /// <param name="plan">Size of batches, and threads.</param>
    /// <param name="device">Device of the model.</param>
    public BatchLoader(PreparedCases cases, LoaderPlan plan, torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(plan);
        this.cases = cases;
        this.plan = plan;
        order = new CaseOrder(Weights, plan.Seed);
        slots = [.. Enumerable.Range(0, plan.Workers == 0 ? 1 : plan.Prefetch + 1)
            .Select(_ => new BatchSlot(new CropBatch(BatchSize, cases.Channels, plan.Recipe.Crop, plan.WithLabels, device), plan.Volumes))];
        // Nothing is cut before the first request, because a resumed run begins in the middle.
        draining = true;
        workers = [.. Enumerable.Range(0, plan.Workers).Select(number => new Thread(Work) { IsBackground = true, Name = $"crops {number}" })];
        foreach (Thread worker in workers) worker.Start();
    }

    // A case is drawn as often as it has places.
    private IReadOnlyList<double> Weights => plan.Places is { } places ? [.. cases.Weights.Select((weight, index) => weight * places.CountOf(index))] : cases.Weights;

    /// <inheritdoc/>
    public int BatchSize => plan.Volumes * plan.CropsPerVolume;

    /// <inheritdoc/>
    public TimeSpan DataWait => Stopwatch.GetElapsedTime(0, waited);

    /// <inheritdoc/>
    public CropBatch Get(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        long start = Stopwatch.GetTimestamp();
        lock (gate)
        {
            bool isNext = held is not null && plan.Share.After(held.Step) == step;
            if (held is not null) held.Step = -1;
            held = null;
            if (!isNext) Seek(step);
            Monitor.PulseAll(gate);
            BatchSlot? slot = Find(step);
            while (slot is null || slot.Done < BatchSize)
            {
                if (failure is not null) throw new InvalidOperationException($"The batch of step {step} could not be cut: {failure.Message}", failure);
                // The calling thread cuts crops too. Without workers it cuts all of them.
                if (slot is null)
                {
                    OpenNext();
                    slot = Find(step);
                }
                if (slot is not null && slot.Taken < BatchSize) CutNext(slot);
                else Monitor.Wait(gate);
            }
            held = slot;
        }
        waited += Stopwatch.GetTimestamp() - start;
        return held.Batch;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> CasesOf(int step)
    {
        var drawn = new CaseOrder(Weights, plan.Seed);
        return [.. Enumerable.Range(0, BatchSize).Select(sample => cases.Ids[Drawn(drawn, (long)step * plan.Volumes + sample / plan.CropsPerVolume).Case])];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
        foreach (Thread worker in workers) worker.Join();
        foreach (BatchSlot slot in slots) slot.Batch.Dispose();
        cases.Dispose();
    }

    private void Work()
    {
        lock (gate)
        {
            while (!stopped && failure is null)
            {
                if (draining || Available() is not { } slot) Monitor.Wait(gate);
                else CutNext(slot);
            }
        }
    }

    // The oldest batch that is not complete, so that batches are completed in the order in which they are needed.
    private BatchSlot? Available()
    {
        BatchSlot? oldest = null;
        foreach (BatchSlot slot in slots)
        {
            if (slot.Step >= 0 && slot.Taken < BatchSize && (oldest is null || slot.Step < oldest.Step)) oldest = slot;
        }
        return oldest ?? OpenNext();
    }

    private BatchSlot? Find(int step)
    {
        foreach (BatchSlot slot in slots)
        {
            if (slot.Step == step) return slot;
        }
        return null;
    }

    private BatchSlot? OpenNext()
    {
        BatchSlot slot = slots[numOpened % slots.Length];
        if (slot.Step >= 0) return null;
        for (int volume = 0; volume < plan.Volumes; volume++) slot.Volumes[volume] = Drawn(order, (long)nextToOpen * plan.Volumes + volume);
        slot.Step = nextToOpen;
        nextToOpen = plan.Share.After(nextToOpen);
        numOpened++;
        slot.Taken = 0;
        slot.Done = 0;
        return slot;
    }

    // Called with the lock held. The lock is released while the crop is cut.
    private void CutNext(BatchSlot slot)
    {
        int sample = slot.Taken++;
        cutting++;
        Monitor.Exit(gate);
        try
        {
            Cut(slot, sample);
            Monitor.Enter(gate);
        }
        catch (Exception error)
        {
            Monitor.Enter(gate);
            failure = error;
        }
        cutting--;
        slot.Done++;
        if (slot.Done == BatchSize || failure is not null || cutting == 0) Monitor.PulseAll(gate);
    }

    private void Cut(BatchSlot slot, int sample)
    {
        (int volume, int crop) = Math.DivRem(sample, plan.CropsPerVolume);
        DrawnVolume drawn = slot.Volumes[volume];
        PreparedCase source = cases[drawn.Case];
        var random = plan.IsFixed ? new RandomSource(plan.Seed, Purpose.Validation, drawn.Case, drawn.Draw, crop) : new RandomSource(plan.Seed, Purpose.Crop, drawn.Epoch, drawn.Case, drawn.Draw, crop);
        if (plan.Places is { } places)
        {
            slot.Batch.Classes[sample] = places.Cut(source, drawn.Case, plan.Recipe, ref random, slot.Batch.Image(sample));
            return;
        }
        CropPlan cut = CropPlan.Draw(source, plan.Recipe, ref random);
        CropCopier.CopyImage(source, cut, slot.Batch.Image(sample));
        if (plan.WithLabels) CropCopier.CopyLabel(source, cut, slot.Batch.Label(sample));
    }

    // In validation, the first draws of all cases come before any second draw.
    private DrawnVolume Drawn(CaseOrder drawn, long number) => plan.IsFixed ? new DrawnVolume((int)(number % cases.Count), 0, (int)(number / cases.Count)) : drawn.At(number);

    private void Seek(int step)
    {
        draining = true;
        while (cutting > 0) Monitor.Wait(gate);
        foreach (BatchSlot slot in slots) slot.Step = -1;
        nextToOpen = step;
        draining = false;
    }
}
