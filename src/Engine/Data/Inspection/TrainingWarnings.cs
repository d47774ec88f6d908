using HiEndMae.Engine.Data.Cases;

namespace HiEndMae.Engine.Data.Inspection;

/// <summary>Collects warnings about the cases that a stage trains on: findings of their preparation, empty label maps, and classes without voxels.</summary>
public static class TrainingWarnings
{
    private const int MostNamed = 5;

    /// <summary>Returns the warnings, each with the files that it refers to.</summary>
    /// <param name="cases">Cases and the findings of their preparation.</param>
    /// <param name="info">Names of the classes.</param>
    public static IEnumerable<string> Of(IReadOnlyList<(DatasetCase Case, CaseFindings Findings)> cases, DatasetInfo info)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(info);
        foreach (string note in cases.SelectMany(one => one.Findings.Notes)) yield return note;
        (DatasetCase Case, CaseFindings Findings)[] labelled = [.. cases.Where(one => one.Findings.ClassVoxels.Count > 0)];
        if (labelled.Length == 0) yield break;
        DatasetCase[] empty = [.. labelled.Where(one => one.Findings.ClassVoxels.Skip(1).All(count => count == 0)).Select(one => one.Case)];
        if (empty.Length > 0) yield return $"{Files(empty)}: the label map has no voxel of any class.";
        string[] absent = [.. info.LabelNames.Index().Skip(1).Where(label => labelled.All(one => one.Findings.ClassVoxels[label.Index] == 0)).Select(label => $"'{label.Item}'")];
        if (absent.Length > 0 && empty.Length < labelled.Length)
            yield return $"{string.Join(", ", absent)} {(absent.Length == 1 ? "has" : "have")} no voxel in any training case ({Files([.. labelled.Select(one => one.Case)])}): the model cannot learn {(absent.Length == 1 ? "it" : "them")}.";
    }

    private static string Files(DatasetCase[] cases) =>
        string.Join(", ", cases.Take(MostNamed).Select(one => $"'{one.LabelFile ?? one.Id}'")) + (cases.Length > MostNamed ? $" and {cases.Length - MostNamed} more" : "");
}
