namespace HiEndMae.Engine.Training;

/// <summary>Receives the values of a stage, for the progress display, the metrics file and the tracker.</summary>
public interface IStageLogger
{
    /// <summary>Records the value of a step.</summary>
    void Metric(string key, double value, int step);

    /// <summary>Reports the progress of the stage.</summary>
    /// <param name="done">Steps or cases done.</param>
    /// <param name="total">All steps or cases.</param>
    /// <param name="detail">Text such as "loss 0.812, 35.1 volumes/s".</param>
    /// <param name="left">Estimated time left.</param>
    void Progress(int done, int total, string detail, TimeSpan left);

    /// <summary>Called when the stage resumes from a checkpoint. Values of later steps, which were recorded before, will be recorded again.</summary>
    void Resumed(int step);

    /// <summary>Writes a sentence to the log.</summary>
    void Note(string message);

    /// <summary>Shows a sentence to the user at once, and writes it to the log.</summary>
    void Warn(string message) => Note("warning: " + message);
}
