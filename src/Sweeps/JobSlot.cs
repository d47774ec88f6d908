using System.Globalization;

namespace HiEndMae.Sweeps;

/// <summary>A place where one job runs at a time.</summary>
/// <param name="Device">cpu, cuda or cuda:N; null to leave what the file says.</param>
/// <param name="Threads">CPU threads of the job; 0 to leave what the file says.</param>
internal sealed record JobSlot(string? Device, int Threads)
{
    /// <summary>Slots for so many jobs: devices in turn, and the machine's cores shared among them.</summary>
    public static IReadOnlyList<JobSlot> Of(int jobs, IReadOnlyList<string> devices, int cores) =>
        [.. Enumerable.Range(0, jobs).Select(i => new JobSlot(devices.Count == 0 ? null : devices[i % devices.Count], jobs == 1 ? 0 : Math.Max(1, cores / jobs)))];

    /// <summary>As options of <c>run</c>.</summary>
    public IEnumerable<string> Arguments()
    {
        if (Device is not null) foreach (string argument in (string[])["--device", Device]) yield return argument;
        if (Threads > 0) foreach (string argument in (string[])["--set", string.Create(CultureInfo.InvariantCulture, $"threads={Threads}")]) yield return argument;
    }
}
