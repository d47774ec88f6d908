using HiEndMae.Configuration.Shared;
using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps.Simulation;

/// <summary>A simulated cluster.</summary>
/// <param name="Nodes">Nodes, at least 1.</param>
/// <param name="Gpus">GPUs of a node, each of which runs one stage at a time; at least 1.</param>
/// <param name="MeanTimeBetweenFailures">Mean time between failures of one node, exponentially distributed; null for nodes that never fail.</param>
internal sealed record ClusterModel(int Nodes, int Gpus, TimeSpan? MeanTimeBetweenFailures)
{
    /// <summary>The keys of a description.</summary>
    public const string Keys = "nodes, gpus (of a node), mtbf (of a node), repair, queue (wait of a job), limit (time of a job), checkpoint (time between two), pretrain and finetune (time of a stage that was not measured), price (of a GPU and hour), speed (of a GPU against this machine), seed";

    /// <summary>Time until a failed node is available again.</summary>
    public TimeSpan Repair { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time that a job waits before it can start, also after a requeue.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.Zero;

    /// <summary>Time limit of a job, after which it saves and is queued again; null for none.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>Computing time between two checkpoints. A failure loses the work since the last checkpoint.</summary>
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Given times by kind of stage, for stages without a measured time.</summary>
    public IReadOnlyDictionary<StageKind, TimeSpan> StageTimes { get; init; } = new Dictionary<StageKind, TimeSpan>();

    /// <summary>Price of a GPU per hour; 0 to compute no cost.</summary>
    public double Price { get; init; }

    /// <summary>Speed of a GPU relative to the machine on which the stages were measured.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Seed of the failures.</summary>
    public int Seed { get; init; }

    /// <summary>Reads a description such as <c>nodes=4,gpus=8,mtbf=200h</c>.</summary>
    /// <exception cref="UserException">A key is unknown or a value is not valid.</exception>
    public static ClusterModel Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length != 2) throw new UserException($"--simulate: '{part}' is not KEY=VALUE. Write for example nodes=4,gpus=8,mtbf=200h; keys are {Keys}.");
            values[pair[0]] = pair[1];
        }
        var times = new Dictionary<StageKind, TimeSpan>();
        foreach (StageKind kind in (StageKind[])[StageKind.Pretrain, StageKind.Finetune])
        {
            if (Time(Stage.NameOf(kind)) is { } time) times[kind] = time;
        }
        var model = new ClusterModel((int)Number("nodes", 1, 1), (int)Number("gpus", 1, 1), Time("mtbf"))
        {
            Repair = Time("repair") ?? TimeSpan.FromHours(1),
            Queue = Time("queue") ?? TimeSpan.Zero,
            Limit = Time("limit"),
            Checkpoint = Time("checkpoint") ?? TimeSpan.FromMinutes(10),
            StageTimes = times,
            Price = Number("price", 0, 0),
            Speed = Number("speed", 1, 1e-6),
            Seed = (int)Number("seed", 0, 0),
        };
        if (values.Count > 0) throw new UserException($"--simulate: unknown key '{values.Keys.First()}'; keys are {Keys}.");
        return model;

        double Number(string key, double otherwise, double least)
        {
            if (!values.Remove(key, out string? value)) return otherwise;
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= int.MaxValue ? number
                : throw new UserException(FormattableString.Invariant($"--simulate: {key} must be a number of {least} or more, not '{value}'."));
        }

        TimeSpan? Time(string key)
        {
            if (!values.Remove(key, out string? value)) return null;
            return ConfigDuration.TryParse(value, out TimeSpan time) && time > TimeSpan.Zero ? time
                : throw new UserException($"--simulate: {key} must be a time such as 90s, 10m or 8h, not '{value}'.");
        }
    }
}
