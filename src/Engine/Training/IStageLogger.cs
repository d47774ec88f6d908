namespace HiEndMae.Engine.Training;

/// <summary>Where a stage's values go: progress display, metrics file, tracker.</summary>
public interface IStageLogger
{
    /// <summary>A value by step.</summary>
    void Metric(string key, double value, int step);

    /// <summary>How far the stage is.</summary>
    /// <param name="done">Steps or cases done.</param>
    /// <param name="total">Of how many.</param>
    /// <param name="detail">Such as "loss 0.812, 35.1 volumes/s".</param>
    /// <param name="left">Estimated time left.</param>
    void Progress(int done, int total, string detail, TimeSpan left);

    /// <summary>The stage goes on from a checkpoint: values of later steps will come again.</summary>
    void Resumed(int step);

    /// <summary>A sentence for the log.</summary>
    void Note(string message);

    /// <summary>A sentence that the user should see at once, wherever that is, and in the log.</summary>
    void Warn(string message) => Note("warning: " + message);
}
