using System.Text.Json.Nodes;

namespace HiEndMae.Mlflow;

/// <summary>A model to log: its files and the content of its MLmodel file.</summary>
/// <param name="Name">Name of the model and of its folder among the run's artifacts.</param>
/// <param name="Files">Its files, without MLmodel.</param>
/// <param name="Description">Flavors, signature and time: the MLmodel file without ids.</param>
/// <param name="Step">Training step of the weights.</param>
/// <param name="RegisterAs">Name of the registered model that gets a new version; null for none.</param>
public sealed record ModelPackage(string Name, IReadOnlyList<ModelFile> Files, JsonObject Description, long Step, string? RegisterAs)
{
    /// <summary>Name of the file that marks a folder as an MLflow model.</summary>
    public const string DescriptionFile = "MLmodel";

    /// <summary>Returns the text of the MLmodel file.</summary>
    /// <param name="ids">Further keys that only the store knows, such as run_id.</param>
    public JsonObject Describe(params ReadOnlySpan<(string Key, string Value)> ids)
    {
        var whole = (JsonObject)Description.DeepClone();
        foreach ((string key, string value) in ids) whole[key] = value;
        return whole;
    }
}
