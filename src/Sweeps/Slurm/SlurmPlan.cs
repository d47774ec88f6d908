using System.Globalization;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>Turns the stages that are to be submitted into job arrays.</summary>
internal static class SlurmPlan
{
    /// <summary>One array for each kind and predecessor. Those that wait for nothing come first, so that the others can name their jobs.</summary>
    /// <param name="stages">Each after the one that it starts from.</param>
    /// <param name="statusOf">How far a stage is.</param>
    /// <param name="isUnderWay">Whether a stage waits or runs in the queue already.</param>
    /// <param name="maxSize">Elements that the cluster allows in an array.</param>
    public static IReadOnlyList<SlurmArray> Of(IReadOnlyList<SweepStage> stages, Func<SweepStage, StageStatus> statusOf, Func<SweepStage, bool> isUnderWay, int maxSize)
    {
        var coming = new HashSet<string>(StringComparer.Ordinal);
        var groups = new List<(StageKind Kind, SweepStage? After, List<SweepStage> Stages)>();
        foreach (SweepStage stage in stages)
        {
            if (statusOf(stage) is StageStatus.Done or StageStatus.Failed) continue;
            if (isUnderWay(stage))
            {
                coming.Add(stage.Key);
                continue;
            }
            SweepStage? after = stage.Before is { } before && statusOf(before) != StageStatus.Done ? before : null;
            // What it starts from has failed, or is held up itself.
            if (after is not null && !coming.Contains(after.Key)) continue;
            coming.Add(stage.Key);
            int group = groups.FindIndex(one => one.Kind == stage.Kind && one.After?.Key == after?.Key);
            if (group < 0)
            {
                groups.Add((stage.Kind, after, []));
                group = groups.Count - 1;
            }
            groups[group].Stages.Add(stage);
        }
        int number = 0;
        return [.. groups.OrderBy(group => group.After is not null)
            .SelectMany(group => group.Stages.Chunk(maxSize).Select(part => new SlurmArray(string.Create(CultureInfo.InvariantCulture, $"{Stage.NameOf(group.Kind)}-{++number}"), group.Kind, part, group.After)))];
    }
}
