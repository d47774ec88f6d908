using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Engine.Numerics;

/// <summary>Binds the training thread and libtorch's threads to cores.</summary>
public static partial class CoreAffinity
{
    private const int BitsOfByte = 8;

    /// <summary>Binds the calling thread and the native threads that it starts afterwards, such as libtorch's. .NET's own threads are not bound. On Windows the whole process is bound.</summary>
    /// <param name="cores">Cores, counted from 0; empty changes nothing.</param>
    /// <exception cref="UserException">The machine does not have a core, or the system cannot bind threads.</exception>
    public static void Bind(IReadOnlyList<int> cores)
    {
        ArgumentNullException.ThrowIfNull(cores);
        if (cores.Count == 0) return;
        if (OperatingSystem.IsLinux())
        {
            var mask = new byte[(cores.Max() / BitsOfByte / sizeof(ulong) + 1) * sizeof(ulong)];
            foreach (int core in cores) mask[core / BitsOfByte] |= (byte)(1 << (core % BitsOfByte));
            // The system ignores cores that it does not have, and fails only if none is left.
            if (cores.Max() >= Configured() || SetAffinity(0, mask.Length, mask) != 0) throw Absent(cores);
        }
        else if (OperatingSystem.IsWindows())
        {
            try
            {
                Process.GetCurrentProcess().ProcessorAffinity = (nint)cores.Aggregate(0L, (mask, core) => mask | (1L << core));
            }
            catch (Exception error) when (error is Win32Exception or ArgumentException)
            {
                throw Absent(cores);
            }
        }
        else throw new UserException("'cores' needs Linux or Windows, because this system cannot bind threads; use 'threads' instead.");
    }

    private static UserException Absent(IReadOnlyList<int> cores) => new($"cores = [{string.Join(", ", cores)}] contains a core that this machine does not have; it has {Configured()} cores, counted from 0.");

    private static int Configured() => OperatingSystem.IsLinux() ? (int)Math.Max(1, SystemValue(ProcessorsConfigured)) : Environment.ProcessorCount;

    private const int ProcessorsConfigured = 83;

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, byte[] mask);

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint SystemValue(int name);
}
