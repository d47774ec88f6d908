using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Benchmarks;
using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Training;

namespace HiEndMae.Engine.Stages;

/// <summary>The precision of a training whose config leaves the choice to the program. It is measured once and recorded in the run, so that a resumed training computes in the same one.</summary>
internal static class RecordedPrecision
{
    private const string PrecisionKey = "precision", SecondsKey = "seconds_per_batch", DeviceKey = "device", ThreadsKey = "threads";

    // What rank 0 sends if nothing is recorded.
    private const byte Unknown = byte.MaxValue;

    /// <summary>Returns the recorded precision. If there is none yet, measures a batch in every precision that the device allows, and records the fastest.</summary>
    /// <param name="config">Config of the stage.</param>
    /// <param name="context">Context of the stage.</param>
    /// <param name="objective">The objective of the training. It is left as it was.</param>
    /// <param name="cancel">Stops the measurement; nothing is recorded then.</param>
    /// <exception cref="UserException">The record cannot be read.</exception>
    public static Precision Of(TrainingConfig config, TrainingContext context, IObjective objective, CancellationToken cancel)
    {
        IProcessGroup group = context.Stage.Group;
        byte recorded = group.Broadcast([group.IsFirst() && Read(context.PrecisionFile) is { } known ? (byte)known : Unknown])[0];
        if (recorded != Unknown) return (Precision)recorded;
        IReadOnlyList<PrecisionTime> times = Measure(config, context, objective, cancel);
        Precision fastest = PrecisionRace.Fastest(times);
        context.Stage.Logger.Note(FormattableString.Invariant(
            $"precision = \"auto\": {string.Join(", ", times.Select(time => FormattableString.Invariant($"{Name(time.Precision)} {1000 * time.Seconds:0.#} ms")))} for forward and backward of a batch; this stage trains in {Name(fastest)}."));
        if (group.IsFirst()) Write(context, fastest, times);
        return fastest;
    }

    // Every rank measures a batch of its own part of the first step. The slowest rank counts, because the others wait for it.
    private static IReadOnlyList<PrecisionTime> Measure(TrainingConfig config, TrainingContext context, IObjective objective, CancellationToken cancel)
    {
        StageContext stage = context.Stage;
        IProcessGroup group = stage.Group;
        int first = group.Rank * (config.GradAccumulation / group.Size);
        IReadOnlyList<PrecisionTime> mine = new PrecisionRace([.. objective.Modules.Values], stage.Device, stage.Logger.Note).Run(() => objective.Loss(first), () => objective.DataWait, cancel);
        if (group.Size == 1) return mine;
        var all = new double[mine.Count * group.Size];
        group.Gather([.. mine.Select(time => time.Seconds)], all);
        return [.. mine.Select((time, i) => time with { Seconds = Enumerable.Range(0, group.Size).Max(rank => all[(rank * mine.Count) + i]) })];
    }

    private static Precision? Read(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            string? name = (string?)JsonNode.Parse(File.ReadAllText(path))?[PrecisionKey];
            foreach (Precision precision in Enum.GetValues<Precision>())
            {
                if (precision != Precision.Auto && Name(precision) == name) return precision;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Reported below.
        }
        throw new UserException($"'{path}' does not name a precision. It records what precision = \"auto\" chose for this run. Restore it, or delete it to measure again.");
    }

    private static void Write(TrainingContext context, Precision precision, IReadOnlyList<PrecisionTime> times) => AtomicFile.WriteText(context.PrecisionFile, new JsonObject
    {
        [PrecisionKey] = Name(precision),
        [SecondsKey] = new JsonObject(times.Select(time => KeyValuePair.Create(Name(time.Precision), (JsonNode?)time.Seconds))),
        [DeviceKey] = context.Stage.Device.ToString(),
        [ThreadsKey] = context.Threads,
    }.ToJsonString(JsonOptions.Indented));

    private static string Name(Precision precision) => precision.ToString().ToLowerInvariant();
}
