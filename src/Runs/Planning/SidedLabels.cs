using System.Globalization;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Runs.Planning;

/// <summary>Finds classes that differ only by a side of the body, such as kidney_left and kidney_right. A mirrored or turned crop of such a class has the wrong label.</summary>
internal static class SidedLabels
{
    private static readonly (string One, string Other)[] Sides = [("left", "right"), ("anterior", "posterior"), ("superior", "inferior")];

    /// <summary>A warning about augmentations that change what labels mean; null where there is nothing to warn of.</summary>
    /// <param name="data">Data of fine-tuning, with its probabilities; null without fine-tuning.</param>
    /// <param name="labelNames">One per class.</param>
    public static string? Warn(DataConfig? data, IReadOnlyList<string> labelNames)
    {
        (string Name, double Value)[] mirrors = [("flip_probability", data?.FlipProbability ?? 0), ("rotate90_probability", data?.Rotate90Probability ?? 0)];
        mirrors = [.. mirrors.Where(key => key.Value > 0)];
        if (mirrors.Length == 0 || Pair(labelNames) is not { } pair) return null;
        string values = string.Join(" and ", mirrors.Select(key => string.Create(CultureInfo.InvariantCulture, $"{key.Name} = {key.Value}")));
        return $"[finetune.data] has {values}, but the classes '{pair.One}' and '{pair.Other}' differ by a side of the body: "
            + $"a mirrored or turned crop has the wrong label. Set {string.Join(" and ", mirrors.Select(key => $"{key.Name} = 0"))}.";
    }

    private static (string One, string Other)? Pair(IReadOnlyList<string> names)
    {
        foreach ((string one, string other) in Sides)
        {
            foreach (string name in names)
            {
                string mirrored = name.Replace(one, other, StringComparison.OrdinalIgnoreCase);
                if (mirrored == name) continue;
                if (names.FirstOrDefault(candidate => candidate.Equals(mirrored, StringComparison.OrdinalIgnoreCase)) is { } found) return (name, found);
            }
        }
        return null;
    }
}
