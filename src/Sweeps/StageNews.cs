using System.Text;

namespace HiEndMae.Sweeps;

/// <summary>Reads the last line of a stage's log from its end, because logs may be long.</summary>
internal static class StageNews
{
    private const int Tail = 4096;

    /// <summary>Returns the line; empty if there is none.</summary>
    /// <param name="log">The log file.</param>
    public static string Of(string log)
    {
        try
        {
            using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(Tail, file.Length), SeekOrigin.End);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n').LastOrDefault(line => !string.IsNullOrWhiteSpace(line))?.Trim() ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
