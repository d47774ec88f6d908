using System.Globalization;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>Groups stages into job arrays.</summary>
internal static class SlurmPlan
{
    /// <summary>Returns one array for each kind and predecessor. Arrays without a predecessor come first, so that the others can name their jobs.</summary>
    /// <param name="stages">The stages, each after the one that it starts from.</param>
    /// <param name="statusOf">Returns the status of a stage.</param>
    /// <param name="isUnderWay">Returns whether a stage is already in the queue.</param>
    /// <param name="maxSize">Largest number of elements of an array.</param>
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
            // Its predecessor has failed or is blocked.
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
