namespace HiEndMae.Runs.Reporting;

/// <summary>Writes a page of results for people.</summary>
public interface IResultsPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="runs">Run directories whose results it shows.</param>
    /// <param name="path">HTML file to write.</param>
    void Write(IReadOnlyList<string> runs, string path);
}
