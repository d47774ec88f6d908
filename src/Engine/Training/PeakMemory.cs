using System.Diagnostics;

namespace HiEndMae.Engine.Training;

/// <summary>Largest resident memory of this process since a point in time.</summary>
public static class PeakMemory
{
    private const string ClearRefs = "/proc/self/clear_refs";

    /// <summary>Starts to measure anew, where the system can (Linux); elsewhere the peak is the process's.</summary>
    public static void Restart()
    {
        try
        {
            if (File.Exists(ClearRefs)) File.WriteAllText(ClearRefs, "5");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Some containers forbid it.
        }
    }

    /// <summary>The peak, in bytes.</summary>
    public static long Bytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
