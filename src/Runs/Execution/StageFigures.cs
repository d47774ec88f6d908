using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Runs.Execution;

/// <summary>Writes the pictures of a stage to the run's <c>figures/</c> and sends them to the tracker.</summary>
internal sealed class StageFigures(RunDirectory directory, TrackedRun run, IFigureWriter writer, IReadOnlyList<string> labels)
{
    /// <summary>Input, masked, reconstruction.</summary>
    public void Reconstruction(ReconstructionExample example, Size3 crop, int? step) => Keep(Name("reconstruction", step), path => writer.Reconstruction(path, example, crop));

    /// <summary>Image, truth, prediction, and where the two differ.</summary>
    public void Segmentation(string name, SegmentedCase segmented, int? step = null) => Keep(Name(name, step), path => writer.Segmentation(path, segmented, labels));

    /// <summary>Slices of a test case with truth and prediction, for the HTML report.</summary>
    public void Slices(string name, string start, SegmentedCase segmented) => writer.Slices(directory.File($"{RunDirectory.Slices}/{name}"), start, segmented, labels);

    /// <summary>Sends to the tracker the pictures that other processes have drawn.</summary>
    /// <param name="names">Names of the pictures; missing ones are left out.</param>
    public void Track(IEnumerable<string> names)
    {
        foreach (string path in names.Select(name => directory.File(Name(name, null))).Where(File.Exists)) run.LogArtifact(path, "figures");
    }

    private void Keep(string name, Action<string> write)
    {
        string path = directory.File(name);
        write(path);
        run.LogArtifact(path, "figures");
    }

    private static string Name(string name, int? step) => step is { } done ? FormattableString.Invariant($"figures/{name}-step-{done:D8}.png") : $"figures/{name}.png";
}
