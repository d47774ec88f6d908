using System.Text.Json.Nodes;

namespace HiEndMae.Mlflow;

/// <summary>A model to be logged: its files, and what MLflow's MLmodel file says of it.</summary>
/// <param name="Name">Name of the model, and of its folder among the run's artifacts.</param>
/// <param name="Files">Its files, without MLmodel.</param>
/// <param name="Description">Flavors, signature and time: the MLmodel file without ids.</param>
/// <param name="Step">The training step that it was saved at.</param>
/// <param name="RegisterAs">Name of the registered model that gets a new version; null for none.</param>
public sealed record ModelPackage(string Name, IReadOnlyList<ModelFile> Files, JsonObject Description, long Step, string? RegisterAs)
{
    /// <summary>Name of the file that makes a folder an MLflow model.</summary>
    public const string DescriptionFile = "MLmodel";

    /// <summary>The MLmodel file of a logged model.</summary>
    /// <param name="ids">Keys that only the store knows, such as run_id.</param>
    public JsonObject Describe(params ReadOnlySpan<(string Key, string Value)> ids)
    {
        var whole = (JsonObject)Description.DeepClone();
        foreach ((string key, string value) in ids) whole[key] = value;
        return whole;
    }
}
