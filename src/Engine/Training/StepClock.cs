using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Training;

/// <summary>Measures the time of each phase of a training, summed over all processes that trained.</summary>
public sealed class StepClock(TimeProvider clock)
{
    private readonly double[] seconds = new double[Enum.GetValues<StepPhase>().Length];
    private long mark = clock.GetTimestamp();

    /// <summary>The phases that are the training itself: not checkpoints, validation and pictures.</summary>
    public static IReadOnlyList<StepPhase> TrainingPhases { get; } = [StepPhase.DataWait, StepPhase.Forward, StepPhase.Backward, StepPhase.Exchange, StepPhase.Optimizer, StepPhase.Logging];

    /// <summary>Seconds per phase.</summary>
    public IReadOnlyDictionary<StepPhase, double> Seconds => Enum.GetValues<StepPhase>().ToDictionary(phase => phase, phase => seconds[(int)phase]);

    /// <summary>Seconds of all phases.</summary>
    public double Total => seconds.Sum();

    /// <summary>Seconds of one phase.</summary>
    public double this[StepPhase phase] => seconds[(int)phase];

    /// <summary>Starts measuring now. The time before counts for no phase.</summary>
    public void Restart() => mark = clock.GetTimestamp();

    /// <summary>Adds the time since the last call to a phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="waited">Part of the time that was spent waiting for data. It counts as <see cref="StepPhase.DataWait"/>.</param>
    public void Book(StepPhase phase, TimeSpan waited = default)
    {
        long now = clock.GetTimestamp();
        seconds[(int)phase] += (clock.GetElapsedTime(mark, now) - waited).TotalSeconds;
        seconds[(int)StepPhase.DataWait] += waited.TotalSeconds;
        mark = now;
    }

    /// <summary>The state to keep in a checkpoint.</summary>
    public JsonObject Save() => new(Seconds.Select(entry => KeyValuePair.Create(entry.Key.ToString(), (JsonNode?)Math.Round(entry.Value, 6))));

    /// <summary>Restores the state from a checkpoint.</summary>
    public void Load(JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (StepPhase phase in Enum.GetValues<StepPhase>()) seconds[(int)phase] = (double?)state[phase.ToString()] ?? 0;
    }
}
