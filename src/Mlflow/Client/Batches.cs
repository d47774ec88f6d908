namespace HiEndMae.Mlflow;

/// <summary>Cuts values into requests within the limits of a batch.</summary>
internal static class Batches
{
    /// <summary>In order; every request holds something.</summary>
    public static IEnumerable<LogBatchRequest> Of(string runId, IReadOnlyList<MetricValue> metrics, IReadOnlyList<Entry> parameters, IReadOnlyList<Entry> tags)
    {
        int metric = 0, parameter = 0, tag = 0;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (metric < metrics.Count || parameter < parameters.Count || tag < tags.Count)
        {
            Entry[] someParams = [.. parameters.Skip(parameter).Take(MlflowClient.MaxEntries)];
            Entry[] someTags = [.. tags.Skip(tag).Take(MlflowClient.MaxEntries)];
            int first = metric, room = MlflowClient.MaxBatch - someParams.Length - someTags.Length;
            keys.Clear();
            while (metric < metrics.Count && metric - first < room && (keys.Contains(metrics[metric].Key) || keys.Count < MlflowClient.MaxEntries))
                keys.Add(metrics[metric++].Key);
            parameter += someParams.Length;
            tag += someTags.Length;
            MetricValue[] someMetrics = [.. metrics.Skip(first).Take(metric - first)];
            yield return new LogBatchRequest(runId, NullIfEmpty(someMetrics), NullIfEmpty(someParams), NullIfEmpty(someTags));
        }
    }

    private static T[]? NullIfEmpty<T>(T[] items) => items.Length == 0 ? null : items;
}
