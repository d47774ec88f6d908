using System.Globalization;
using System.Runtime.InteropServices;

namespace HiEndMae.TorchRepairs;

/// <summary>Gives each process of a machine a GPU of its own, before libtorch is loaded.</summary>
/// <remarks>
/// Gap: libtorch creates a CUDA context on the first visible GPU, whichever one a process works on, so every process holds memory there; TorchSharp has no call that selects the device of a
/// process (not reported upstream). Shown by: LocalDeviceTests. Remove it once TorchSharp exposes torch.cuda.set_device and libtorch leaves other GPUs alone.
/// </remarks>
public static partial class LocalDevice
{
    private const string Variable = "CUDA_VISIBLE_DEVICES";

    /// <summary>Makes one GPU visible, by the rank among the processes of this machine. Linux only.</summary>
    /// <param name="localRank">Rank of this process on its machine.</param>
    /// <param name="localSize">Processes of this machine.</param>
    /// <param name="getVariable">Reads the environment. Where it names fewer GPUs than there are processes, the launcher has chosen, and nothing is changed.</param>
    /// <returns>What the process sees; null where nothing was changed.</returns>
    public static string? Choose(int localRank, int localSize, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        if (localSize == 1 || !OperatingSystem.IsLinux()) return null;
        string[]? named = getVariable(Variable)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (named is not null && named.Length < localSize) return null;
        string device = named?[localRank] ?? localRank.ToString(CultureInfo.InvariantCulture);
        // Environment.SetEnvironmentVariable changes only .NET's copy of the environment.
        return SetVariable(Variable, device, 1) == 0 ? device : null;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
