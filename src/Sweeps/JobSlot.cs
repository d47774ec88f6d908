using System.Globalization;

namespace HiEndMae.Sweeps;

/// <summary>A slot in which one job runs at a time.</summary>
/// <param name="Device">cpu, cuda or cuda:N; null keeps the device of the file.</param>
/// <param name="Threads">Number of CPU threads of the job; 0 keeps the number of the file.</param>
internal sealed record JobSlot(string? Device, int Threads)
{
    /// <summary>Creates slots for a number of jobs. They use the devices in turn and share the cores of the machine.</summary>
    public static IReadOnlyList<JobSlot> Of(int jobs, IReadOnlyList<string> devices, int cores) =>
        [.. Enumerable.Range(0, jobs).Select(i => new JobSlot(devices.Count == 0 ? null : devices[i % devices.Count], jobs == 1 ? 0 : Math.Max(1, cores / jobs)))];

    /// <summary>Returns the slot as options of the command <c>run</c>.</summary>
    public IEnumerable<string> Arguments()
    {
        if (Device is not null) foreach (string argument in (string[])["--device", Device]) yield return argument;
        if (Threads > 0) foreach (string argument in (string[])["--set", string.Create(CultureInfo.InvariantCulture, $"threads={Threads}")]) yield return argument;
    }
}
