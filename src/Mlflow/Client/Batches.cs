namespace HiEndMae.Mlflow;

/// <summary>Splits values into requests that every server accepts, also when they are sent again.</summary>
internal static class Batches
{
    /// <summary>Splits values in order. No request is empty.</summary>
    public static IEnumerable<LogBatchRequest> Of(string runId, IReadOnlyList<MetricValue> metrics, IReadOnlyList<Entry> parameters, IReadOnlyList<Entry> tags)
    {
        MetricValue[][] points = [.. Unique(metrics).Chunk(MlflowClient.MaxPoints)];
        Entry[][] somePairs = [.. parameters.Chunk(MlflowClient.MaxEntries)], someTags = [.. tags.Chunk(MlflowClient.MaxEntries)];
        for (int i = 0; i < Math.Max(points.Length, Math.Max(somePairs.Length, someTags.Length)); i++)
            yield return new LogBatchRequest(runId, points.ElementAtOrDefault(i), somePairs.ElementAtOrDefault(i), someTags.ElementAtOrDefault(i));
    }

    /// <summary>Removes exact duplicates, because servers refuse a request that holds the same NaN twice.</summary>
    public static IEnumerable<MetricValue> Unique(IReadOnlyList<MetricValue> metrics) => metrics.Distinct();
}
