using HiEndMae.Mlflow;

namespace HiEndMae.Runs.Models;

/// <summary>The folder of a model out of MLflow: MLmodel, and in <c>data</c> the parts of a run directory that prediction needs.</summary>
internal static class LoggedModelFolder
{
    /// <summary>Folder of the model that holds the parts of a run directory.</summary>
    public const string Data = "data";

    /// <summary>The run directory inside a model's folder; the folder itself where it is no model's.</summary>
    public static string RunIn(string folder) =>
        File.Exists(Path.Combine(folder, ModelPackage.DescriptionFile)) && Directory.Exists(Path.Combine(folder, Data)) ? Path.Combine(folder, Data) : folder;

    /// <summary>Whether a folder is the run directory inside a model's folder.</summary>
    public static bool Holds(string folder) =>
        Path.GetFileName(folder) == Data && File.Exists(Path.Combine(Path.GetDirectoryName(folder)!, ModelPackage.DescriptionFile));
}
