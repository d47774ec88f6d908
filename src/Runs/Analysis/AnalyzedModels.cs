using HiEndMae.Configuration.Shared;
using System.Globalization;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Analysis;

/// <summary>Finds the models that the arguments of a call name.</summary>
internal static class AnalyzedModels
{
    /// <summary>Finds all of them. A folder with the runs of a sweep stands for each run in it, labelled with its description.</summary>
    /// <param name="arguments">Runs, stages, checkpoints or folders of runs, with optional labels.</param>
    /// <param name="environment">Variables of the runs' configs.</param>
    /// <param name="catalog">Components.</param>
    /// <exception cref="UserException">A path does not belong to a run, or two models have the same label.</exception>
    public static IReadOnlyList<AnalyzedModel> Open(IReadOnlyList<string> arguments, RunEnvironment environment, PluginCatalog catalog)
    {
        AnalyzedModel[] models = [.. arguments.SelectMany(argument => Runs(argument) is { Length: > 0 } runs
            ? Labelled([.. runs.Select(run => AnalyzedModel.Open(run, environment, catalog))])
            : [AnalyzedModel.Open(argument, environment, catalog)])];
        if (models.GroupBy(model => model.Label).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UserException($"Two models have the label '{twice.Key}'. Give them labels, such as first={twice.First().Path} second={twice.Last().Path}.");
        return models;
    }

    // Empty if the argument is a run itself, or something else.
    private static string[] Runs(string argument) => !Directory.Exists(argument) || IsRun(argument) ? [] : [.. Directory.GetDirectories(argument).Where(IsRun).Order(StringComparer.Ordinal)];

    private static bool IsRun(string folder) => File.Exists(Path.Combine(folder, "experiment.toml")) && File.Exists(Path.Combine(folder, "fingerprint.txt"));

    private static IEnumerable<AnalyzedModel> Labelled(AnalyzedModel[] models)
    {
        bool seeds = models.Select(model => model.Config.Seed).Distinct().Count() > 1;
        string[] labels = [.. models.Select(model => string.Create(CultureInfo.InvariantCulture, $"{(model.Config.Description is { Length: > 0 } said ? said : model.Label)}{(seeds ? $", seed {model.Config.Seed}" : "")}"))];
        return models.Select((model, i) => model with { Label = labels.Count(label => label == labels[i]) == 1 ? labels[i] : Path.GetFileName(model.Run) });
    }
}
