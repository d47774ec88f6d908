using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Runs.Results;

/// <summary>An evaluation that was read from a <c>results.json</c>.</summary>
/// <param name="Name">Name of the start, or "predictions".</param>
/// <param name="Settings">Descriptions of policy, background, tolerance and inference by key; empty in files of earlier versions.</param>
/// <param name="IncludesBackground">Whether means of overlap metrics include background.</param>
/// <param name="Metrics">The metrics.</param>
/// <param name="Labels">Names of the classes, background first.</param>
/// <param name="Scores">Scores by case, class and metric; null if a value is not scored.</param>
internal sealed record StoredEvaluation(
    string Name, IReadOnlyDictionary<string, string> Settings, bool IncludesBackground, IReadOnlyList<ScoreMetric> Metrics, IReadOnlyList<string> Labels,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<ScoreMetric, double?>>> Scores)
{
    /// <summary>Reads every evaluation of a run, of a folder of <c>evaluate</c>, or of a file.</summary>
    /// <exception cref="VolumeException">There is no evaluation, or the file is damaged.</exception>
    public static IReadOnlyList<StoredEvaluation> Read(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "results.json") : path;
        try
        {
            JsonObject evaluations = JsonNode.Parse(File.ReadAllText(file))!["evaluations"]!.AsObject();
            StoredEvaluation[] read = [.. evaluations.Select(entry => Of(entry.Key, entry.Value!.AsObject()))];
            return read.Length > 0 ? read : throw new VolumeException($"'{file}' has no evaluations: nothing was fine-tuned, or the dataset has no labelled test cases.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VolumeException($"The results of '{path}' cannot be read ({error.Message.TrimEnd('.')}); name a finished run, a folder of 'hiendmae evaluate --out', or a results.json.", error);
        }
        catch (Exception error) when (JsonErrors.AreOfContent(error))
        {
            throw new VolumeException($"'{file}' is not a results.json of a run or of 'hiendmae evaluate' ({error.Message.TrimEnd('.')}).", error);
        }
    }

    /// <summary>Returns the mean of a case over the scored classes; null if no class is scored.</summary>
    public double? Mean(string name, ScoreMetric metric, bool includeBackground)
    {
        IReadOnlyDictionary<string, IReadOnlyDictionary<ScoreMetric, double?>> one = Scores[name];
        return Labels.Skip(includeBackground && !metric.IsOfSurfaces() ? 0 : 1).Where(one.ContainsKey).Average(label => one[label].GetValueOrDefault(metric));
    }

    private static StoredEvaluation Of(string name, JsonObject json)
    {
        // Runs of earlier versions have only Dice, under "cases".
        bool isFull = json["scores"] is JsonObject;
        JsonObject cases = (isFull ? json["scores"] : json["cases"])!.AsObject();
        ScoreMetric[] metrics = isFull ? [.. json["metrics"]!.AsObject().Select(entry => ScoreMetrics.Find(entry.Key)).OfType<ScoreMetric>()] : [ScoreMetric.Dice];
        var scores = new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyDictionary<ScoreMetric, double?>>>(StringComparer.Ordinal);
        foreach ((string id, JsonNode? one) in cases)
        {
            scores[id] = one!.AsObject().ToDictionary(organ => organ.Key, organ => (IReadOnlyDictionary<ScoreMetric, double?>)metrics.ToDictionary(
                metric => metric, metric => EvaluationJson.Read(isFull ? organ.Value![metric.Key()] : organ.Value)));
        }
        var settings = (json["settings"] as JsonObject ?? []).Where(entry => entry.Key != "words").ToDictionary(entry => entry.Key, entry => entry.Value?.ToString() ?? "");
        return new StoredEvaluation(name, settings, (bool)json["includes_background"]!, metrics, [.. json["dice"]!.AsObject().Select(entry => entry.Key)], scores);
    }
}
