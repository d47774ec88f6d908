namespace HiEndMae.Mlflow.Tests;

/// <summary>How MLflow inserts a batch of points, with the two faults that real servers have.</summary>
/// <remarks>
/// Source: <c>_log_metrics</c> in mlflow/store/tracking/sqlalchemy_store.py, checked against servers 2.17, 3.6, 3.10 and 3.11. A batch is inserted
/// whole; where a point is stored already, the server reads what it has and inserts the rest. Two things go wrong with that:
/// versions before 3.10.1 read by 100 points at a time and insert all points that this reading did not find (mlflow#19144),
/// and every version compares values with <c>==</c>, so that it never finds a NaN.
/// </remarks>
internal static class MetricTable
{
    private const int PointsPerReading = 100;

    /// <returns>Whether the batch was taken; otherwise the server answers BAD_REQUEST, and may have stored a part.</returns>
    public static bool Insert(HashSet<StoredPoint> stored, IReadOnlyList<StoredPoint> batch, ServerVersion version)
    {
        List<StoredPoint> points = WithoutRepeats(batch);
        if (TryInsert(stored, points)) return true;
        string[] keys = [.. points.Select(point => point.Key)];
        if (version >= ServerVersion.V3_11)
        {
            foreach (string[] some in keys.Distinct().Chunk(PointsPerReading)) points = Missing(stored, points, some);
            return TryInsert(stored, points);
        }
        return keys.Chunk(PointsPerReading).All(some => TryInsert(stored, Missing(stored, points, some)));
    }

    private static List<StoredPoint> Missing(HashSet<StoredPoint> stored, List<StoredPoint> points, string[] keys)
    {
        HashSet<StoredPoint> known = [.. stored.Where(point => keys.Contains(point.Key))];
        return [.. points.Where(point => point.IsNan || !known.Contains(point))];
    }

    // A NaN is not equal to itself, so the server keeps its repeats.
    private static List<StoredPoint> WithoutRepeats(IReadOnlyList<StoredPoint> batch)
    {
        var seen = new HashSet<StoredPoint>();
        return [.. batch.Where(point => point.IsNan || seen.Add(point))];
    }

    // One transaction: all points or none.
    private static bool TryInsert(HashSet<StoredPoint> stored, List<StoredPoint> points)
    {
        if (points.Distinct().Count() != points.Count || points.Any(stored.Contains)) return false;
        stored.UnionWith(points);
        return true;
    }
}
