using Microsoft.Data.Sqlite;

namespace HiEndMae.Mlflow;

/// <summary>Writes points to the tables <c>metrics</c> (every point) and <c>latest_metrics</c> (the last point of each metric).</summary>
internal sealed class MetricWriter(MlflowDatabase database, SqliteTransaction transaction, string runId)
{
    // The whole row is the primary key. Only an existing point causes a conflict.
    private const string Insert = """
        INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ($key, $value, $time, $run, $step, $nan)
        ON CONFLICT DO NOTHING
        """;

    // MLflow's order of points: step, then time, then the stored value (0 for NaN).
    private const string Update = """
        INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ($key, $value, $time, $run, $step, $nan)
        ON CONFLICT (key, run_uuid) DO UPDATE SET
            value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
        WHERE (excluded.step, excluded.timestamp, excluded.value)
            > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)
        """;

    /// <returns>The number of new points.</returns>
    public int Write(IReadOnlyList<MetricPoint> points)
    {
        using SqliteCommand insert = Prepare(Insert);
        using SqliteCommand update = Prepare(Update);
        int numNew = 0;
        foreach (MetricPoint point in points)
        {
            numNew += Run(insert, point);
            Run(update, point);
        }
        return numNew;
    }

    private static int Run(SqliteCommand command, MetricPoint point)
    {
        command.Parameters["$key"].Value = point.Key;
        command.Parameters["$value"].Value = EntityRules.StoredValue(point.Value);
        command.Parameters["$time"].Value = point.Time.ToUnixTimeMilliseconds();
        command.Parameters["$step"].Value = point.Step;
        command.Parameters["$nan"].Value = double.IsNaN(point.Value) ? 1 : 0;
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql)
    {
        SqliteCommand command = database.Command(
            transaction, sql, ("$key", ""), ("$value", 0.0), ("$time", 0L), ("$run", runId), ("$step", 0L), ("$nan", 0));
        command.Prepare();
        return command;
    }
}
