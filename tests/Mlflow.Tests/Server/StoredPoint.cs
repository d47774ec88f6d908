namespace HiEndMae.Mlflow.Tests;

/// <summary>The primary key of MLflow's table of metrics.</summary>
/// <param name="Key">Name of the metric.</param>
/// <param name="Time">Milliseconds since 1970.</param>
/// <param name="Step">The training step.</param>
/// <param name="Value">The stored number: 0 for NaN.</param>
/// <param name="IsNan">Whether the value is NaN.</param>
internal readonly record struct StoredPoint(string Key, long Time, long Step, double Value, bool IsNan) : IComparable<StoredPoint>
{
    public int CompareTo(StoredPoint other) => (Key, Time, Step, Value, IsNan).CompareTo((other.Key, other.Time, other.Step, other.Value, other.IsNan));
}
