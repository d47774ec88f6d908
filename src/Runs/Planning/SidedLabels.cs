using System.Globalization;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Runs.Planning;

/// <summary>Finds classes that differ only by a side of the body, such as kidney_left and kidney_right. A mirrored or turned crop of such a class has the wrong label.</summary>
internal static class SidedLabels
{
    // x is right, y anterior, z superior.
    private static readonly (string One, string Other, FlipAxis Axis)[] Sides =
        [("left", "right", FlipAxis.X), ("anterior", "posterior", FlipAxis.Y), ("superior", "inferior", FlipAxis.Z)];

    /// <summary>Returns a warning about augmentations that change the meaning of labels; null if there is no reason to warn.</summary>
    /// <param name="data">Data of fine-tuning, with its probabilities; null without fine-tuning.</param>
    /// <param name="labelNames">One per class.</param>
    public static string? Warn(DataConfig? data, IReadOnlyList<string> labelNames)
    {
        double flip = data?.FlipProbability ?? 0, turn = data?.Rotate90Probability ?? 0;
        foreach ((string one, string other, FlipAxis axis) in Sides)
        {
            if (Pair(one, other, labelNames) is not { } pair) continue;
            var said = new List<string>();
            var cures = new List<string>();
            if (flip > 0 && data!.FlipAxes.Contains(axis))
            {
                string name = axis.ToString().ToLowerInvariant();
                said.Add(string.Create(CultureInfo.InvariantCulture, $"flip_probability = {flip} with \"{name}\" in flip_axes"));
                cures.Add(string.Create(CultureInfo.InvariantCulture, $"leave \"{name}\" out of flip_axes"));
            }
            // Quarter turns are about z.
            if (turn > 0 && axis != FlipAxis.Z)
            {
                said.Add(string.Create(CultureInfo.InvariantCulture, $"rotate90_probability = {turn}"));
                cures.Add("set rotate90_probability = 0");
            }
            if (said.Count == 0) continue;
            return $"[finetune.data] has {string.Join(" and ", said)}, but the classes '{pair.One}' and '{pair.Other}' differ by a side of the body: "
                + $"a mirrored or turned crop has the wrong label. To mend it, {string.Join(" and ", cures)}.";
        }
        return null;
    }

    private static (string One, string Other)? Pair(string one, string other, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            string mirrored = name.Replace(one, other, StringComparison.OrdinalIgnoreCase);
            if (mirrored != name && names.FirstOrDefault(candidate => candidate.Equals(mirrored, StringComparison.OrdinalIgnoreCase)) is { } found) return (name, found);
        }
        return null;
    }
}
