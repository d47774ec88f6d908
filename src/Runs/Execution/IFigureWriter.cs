using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;

namespace HiEndMae.Runs.Execution;

/// <summary>Draws the pictures of a run. The caller decides which pictures to draw and where; the implementation decides how they look.</summary>
public interface IFigureWriter
{
    /// <summary>Draws input, masked input and reconstruction side by side.</summary>
    /// <param name="path">PNG file to write.</param>
    /// <param name="example">The three volumes.</param>
    /// <param name="crop">Their size in voxels.</param>
    void Reconstruction(string path, ReconstructionExample example, Size3 crop);

    /// <summary>Draws image, truth, prediction, and where the last two differ.</summary>
    /// <param name="path">PNG file to write.</param>
    /// <param name="segmented">The case; it has a label map.</param>
    /// <param name="labels">Names of the classes, background first.</param>
    void Segmentation(string path, SegmentedCase segmented, IReadOnlyList<string> labels);

    /// <summary>Writes slices of a case with truth and prediction, from which the HTML report draws.</summary>
    /// <param name="path">Folder to write into.</param>
    /// <param name="start">Name of the fine-tuning's start.</param>
    /// <param name="segmented">The case; it has a label map.</param>
    /// <param name="labels">Names of the classes, background first.</param>
    void Slices(string path, string start, SegmentedCase segmented, IReadOnlyList<string> labels);
}
