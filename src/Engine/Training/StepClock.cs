using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Training;

/// <summary>Where the time of a training goes, over all processes that had a part in it.</summary>
public sealed class StepClock(TimeProvider clock)
{
    private readonly double[] seconds = new double[Enum.GetValues<StepPhase>().Length];
    private long mark = clock.GetTimestamp();

    /// <summary>Seconds per phase.</summary>
    public IReadOnlyDictionary<StepPhase, double> Seconds => Enum.GetValues<StepPhase>().ToDictionary(phase => phase, phase => seconds[(int)phase]);

    /// <summary>Seconds of everything.</summary>
    public double Total => seconds.Sum();

    /// <summary>Seconds of one phase.</summary>
    public double this[StepPhase phase] => seconds[(int)phase];

    /// <summary>Starts to measure, without booking what went before.</summary>
    public void Restart() => mark = clock.GetTimestamp();

    /// <summary>Books the time since the last call to a phase.</summary>
    /// <param name="phase">What was done.</param>
    /// <param name="waited">Part of that time that was spent waiting for data.</param>
    public void Book(StepPhase phase, TimeSpan waited = default)
    {
        long now = clock.GetTimestamp();
        seconds[(int)phase] += (clock.GetElapsedTime(mark, now) - waited).TotalSeconds;
        seconds[(int)StepPhase.DataWait] += waited.TotalSeconds;
        mark = now;
    }

    /// <summary>For a checkpoint.</summary>
    public JsonObject Save() => new(Seconds.Select(entry => KeyValuePair.Create(entry.Key.ToString(), (JsonNode?)Math.Round(entry.Value, 6))));

    /// <summary>Goes on from a checkpoint.</summary>
    public void Load(JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (StepPhase phase in Enum.GetValues<StepPhase>()) seconds[(int)phase] = (double?)state[phase.ToString()] ?? 0;
    }
}
