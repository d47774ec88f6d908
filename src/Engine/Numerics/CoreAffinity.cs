using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Engine.Numerics;

/// <summary>Keeps the thread that trains, and the threads of libtorch that it starts, on some cores.</summary>
public static partial class CoreAffinity
{
    private const int BitsOfByte = 8;

    /// <summary>Binds the calling thread, and the threads of native code that it starts from then on, such as libtorch's; .NET's own stay free. On Windows the whole process.</summary>
    /// <param name="cores">Cores, counted from 0; none leaves everything as it is.</param>
    /// <exception cref="UserException">The machine does not have one of them, or its system has no way to bind threads.</exception>
    public static void Bind(IReadOnlyList<int> cores)
    {
        ArgumentNullException.ThrowIfNull(cores);
        if (cores.Count == 0) return;
        if (OperatingSystem.IsLinux())
        {
            var mask = new byte[(cores.Max() / BitsOfByte / sizeof(ulong) + 1) * sizeof(ulong)];
            foreach (int core in cores) mask[core / BitsOfByte] |= (byte)(1 << (core % BitsOfByte));
            // The system drops cores that it does not have, and refuses only a set of which none is left.
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
        else throw new UserException("cores needs Linux or Windows: this system binds no threads; leave it out, and say 'threads' instead.");
    }

    private static UserException Absent(IReadOnlyList<int> cores) => new($"cores = [{string.Join(", ", cores)}] names cores that this machine does not have; it has {Configured()}, counted from 0.");

    private static int Configured() => OperatingSystem.IsLinux() ? (int)Math.Max(1, SystemValue(ProcessorsConfigured)) : Environment.ProcessorCount;

    private const int ProcessorsConfigured = 83;

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, byte[] mask);

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint SystemValue(int name);
}
