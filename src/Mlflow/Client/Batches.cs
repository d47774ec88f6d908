namespace HiEndMae.Mlflow;

/// <summary>Cuts values into requests that every server takes, and takes again.</summary>
internal static class Batches
{
    /// <summary>In order; every request holds something.</summary>
    public static IEnumerable<LogBatchRequest> Of(string runId, IReadOnlyList<MetricValue> metrics, IReadOnlyList<Entry> parameters, IReadOnlyList<Entry> tags)
    {
        MetricValue[][] points = [.. Unique(metrics).Chunk(MlflowClient.MaxPoints)];
        Entry[][] somePairs = [.. parameters.Chunk(MlflowClient.MaxEntries)], someTags = [.. tags.Chunk(MlflowClient.MaxEntries)];
        for (int i = 0; i < Math.Max(points.Length, Math.Max(somePairs.Length, someTags.Length)); i++)
            yield return new LogBatchRequest(runId, points.ElementAtOrDefault(i), somePairs.ElementAtOrDefault(i), someTags.ElementAtOrDefault(i));
    }

    /// <summary>Points without exact repeats: servers refuse a NaN that comes twice in one request.</summary>
    public static IEnumerable<MetricValue> Unique(IReadOnlyList<MetricValue> metrics) => metrics.Distinct();
}
