using System.Runtime.InteropServices;

namespace HiEndMae.TorchRepairs;

/// <summary>Limits how long libtorch's threads spin while they wait for one another before they sleep.</summary>
/// <remarks>
/// Gap: libgomp spins 300,000 rounds by default, which is many milliseconds (pytorch/pytorch#57715). If another program needs a core, the threads of a step spin until the one without a core
/// is done, and training almost stops. Ten thousand rounds still bridge the gaps between operations. With three thousand a tiny ViT takes nearly twice as long.
/// Shown by: ThreadWaitingTests; measured in docs/explanation/performance.md, "Threads". Remove it once libtorch uses another thread pool on Linux.
/// </remarks>
public static partial class ThreadWaiting
{
    /// <summary>The value of GOMP_SPINCOUNT: rounds of spinning.</summary>
    public const string Rounds = "10000";

    private const string Variable = "GOMP_SPINCOUNT", Policy = "OMP_WAIT_POLICY";

    /// <summary>Sets the limit for this process, unless <c>OMP_WAIT_POLICY</c> or <c>GOMP_SPINCOUNT</c> is set. Call it before libtorch is loaded, because libgomp reads the variable once. Does nothing on other systems than Linux.</summary>
    /// <param name="getVariable">Returns environment variables.</param>
    /// <returns>Whether the limit was set.</returns>
    public static bool Limit(Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        if (!OperatingSystem.IsLinux() || getVariable(Policy) is { Length: > 0 } || getVariable(Variable) is { Length: > 0 }) return false;
        // Environment.SetEnvironmentVariable changes only .NET's copy of the environment.
        return SetVariable(Variable, Rounds, 1) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
