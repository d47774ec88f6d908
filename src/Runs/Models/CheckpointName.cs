using System.Globalization;
using HiEndMae.Engine.Weights;

namespace HiEndMae.Runs.Models;

/// <summary>Finds checkpoints of a stage by name.</summary>
internal static class CheckpointName
{
    /// <summary>The default: the best checkpoint by validation, otherwise the newest.</summary>
    public const string Chosen = "chosen";

    /// <summary>Returns the folder or file of a checkpoint.</summary>
    /// <param name="folder">The folder <c>checkpoints</c> of the stage.</param>
    /// <param name="name">last, best, a step such as 1000, the name of a folder, or a path.</param>
    /// <exception cref="CheckpointException">There is no such checkpoint.</exception>
    public static string Resolve(string folder, string name)
    {
        if (name == Chosen || (name == "best" && File.Exists(Path.Combine(folder, "best.json")))) return Path.GetDirectoryName(CheckpointStore.WeightsOf(folder))!;
        if (name == "last" && Newest(folder) is { } newest) return newest;
        string inside = Path.Combine(folder, int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int step) ? string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}") : name);
        if (Directory.Exists(inside)) return inside;
        if (name != "best" && Path.Exists(name)) return name;
        string[] there = Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Where(found => found[0] != '.').Order(StringComparer.Ordinal)] : [];
        throw new CheckpointException($"There is no checkpoint '{name}' in '{folder}'; allowed: {(there.Length == 0 ? "none" : string.Join(", ", there))}. 'last' is the newest; 'best' needs [finetune.validation].");
    }

    // Damaged checkpoints are skipped, as when a training resumes.
    private static string? Newest(string folder)
    {
        foreach (string path in Directory.Exists(folder) ? Directory.GetDirectories(folder, "step-*").OrderDescending(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            try
            {
                CheckpointStore.WeightsOf(path);
                return path;
            }
            catch (CheckpointException)
            {
                // Try the one before it.
            }
        }
        return null;
    }
}
