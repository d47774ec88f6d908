using HiEndMae.Mlflow;

namespace HiEndMae.Runs.Models;

/// <summary>The folder of a model in MLflow: the file MLmodel, and in <c>data</c> the parts of a run directory that prediction needs.</summary>
internal static class LoggedModelFolder
{
    /// <summary>Name of the folder with the parts of a run directory.</summary>
    public const string Data = "data";

    /// <summary>Returns the run directory in the folder of a model, or the folder itself if it is not a model.</summary>
    public static string RunIn(string folder) =>
        File.Exists(Path.Combine(folder, ModelPackage.DescriptionFile)) && Directory.Exists(Path.Combine(folder, Data)) ? Path.Combine(folder, Data) : folder;

    /// <summary>Whether a folder is the run directory in the folder of a model.</summary>
    public static bool Holds(string folder) =>
        Path.GetFileName(folder) == Data && File.Exists(Path.Combine(Path.GetDirectoryName(folder)!, ModelPackage.DescriptionFile));
}
