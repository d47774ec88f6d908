using System.Runtime.InteropServices;

namespace HiEndMae.TorchRepairs;

/// <summary>How long libtorch's threads wait for one another actively before they sleep.</summary>
/// <remarks>
/// By itself libgomp turns 300,000 rounds, many milliseconds: where another program needs a core, the threads of a step spend their time waiting for the one of them that has none,
/// and training all but stands still. Ten thousand rounds bridge the gaps between the operations of a step just as well, and leave the core to whoever needs it (three thousand do not:
/// a tiny ViT takes nearly twice as long).
/// </remarks>
public static partial class ThreadWaiting
{
    /// <summary>Rounds of waiting, for libgomp.</summary>
    public const string Rounds = "10000";

    private const string Variable = "GOMP_SPINCOUNT", Policy = "OMP_WAIT_POLICY";

    /// <summary>Sets it for this process, unless the user has said <c>OMP_WAIT_POLICY</c> or <c>GOMP_SPINCOUNT</c>. To be called before libtorch is loaded: it looks once. Linux only.</summary>
    /// <param name="getVariable">Reads the environment that the user gave.</param>
    /// <returns>Whether it was set.</returns>
    public static bool Limit(Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        if (!OperatingSystem.IsLinux() || getVariable(Policy) is { Length: > 0 } || getVariable(Variable) is { Length: > 0 }) return false;
        // .NET's own setter changes .NET's copy of the environment only.
        return SetVariable(Variable, Rounds, 1) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
