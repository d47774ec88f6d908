using System.IO.Hashing;
using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>What the ranks of a training must agree on.</summary>
internal static class RankAgreement
{
    /// <summary>Returns whether any rank was asked to stop, and whether the time of any rank is spent. Every rank gets the same answer.</summary>
    public static (bool IsStopped, bool IsInterrupted) Stops(IProcessGroup group, bool isStopped, bool isInterrupted)
    {
        if (group.Size == 1) return (isStopped, isInterrupted);
        Span<double> all = stackalloc double[2 * group.Size];
        group.Gather([isStopped ? 1 : 0, isInterrupted ? 1 : 0], all);
        (isStopped, isInterrupted) = (false, false);
        for (int rank = 0; rank < group.Size; rank++)
        {
            isStopped |= all[2 * rank] > 0;
            isInterrupted |= all[(2 * rank) + 1] > 0;
        }
        return (isStopped, isInterrupted);
    }

    /// <summary>Checks that every rank is at the same step, shares the same number of batches and has the same weights, by a checksum.</summary>
    /// <exception cref="ProcessGroupException">A rank differs.</exception>
    public static void Check(IProcessGroup group, TrainingRun run)
    {
        if (group.Size == 1) return;
        var all = new double[3 * group.Size];
        group.Gather([run.Step, run.Options.GradAccumulation, Checksum(run.Objective.Modules)], all);
        for (int rank = 1; rank < group.Size; rank++)
        {
            if (all[3 * rank] != all[0])
                throw new ProcessGroupException(FormattableString.Invariant($"Rank {rank} would go on from step {all[3 * rank]}, rank 0 from step {all[0]}: they do not see the same checkpoints. The folder of runs (--out) must be on a disk that all of them share."));
            if (all[(3 * rank) + 1] != all[1] || all[(3 * rank) + 2] != all[2])
                throw new ProcessGroupException(FormattableString.Invariant($"Rank {rank} starts from other weights or settings than rank 0. All ranks must run the same program with the same file."));
        }
    }

    private static double Checksum(IReadOnlyDictionary<string, nn.Module> modules)
    {
        var sum = new Crc32();
        foreach ((string _, Tensor tensor) in ModelWeights.Of(modules).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            using DisposeScope scope = NewDisposeScope();
            sum.Append(tensor.detach().cpu().contiguous().bytes);
        }
        return sum.GetCurrentHashAsUInt32();
    }
}
