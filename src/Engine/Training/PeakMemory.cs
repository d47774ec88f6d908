using System.Diagnostics;

namespace HiEndMae.Engine.Training;

/// <summary>Measures the largest resident memory of this process.</summary>
public static class PeakMemory
{
    private const string ClearRefs = "/proc/self/clear_refs";

    /// <summary>Starts a new measurement. Where the system cannot do that (outside Linux), the peak counts from the start of the process.</summary>
    public static void Restart()
    {
        try
        {
            if (File.Exists(ClearRefs)) File.WriteAllText(ClearRefs, "5");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Some containers do not allow it.
        }
    }

    /// <summary>The peak, in bytes.</summary>
    public static long Bytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
