using System.Runtime.InteropServices;

namespace HiEndMae.Host.Commands;

/// <summary>A cancellation token for Ctrl-C, SIGTERM and SIGUSR1 (which SLURM sends before its time limit). Training writes a checkpoint before it stops. A second Ctrl-C ends the program at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];

    public StopSignal()
    {
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        // .NET has no name for SIGUSR1. Positive numbers are raw signal numbers of the system.
        if (OperatingSystem.IsLinux()) registrations.Add(PosixSignalRegistration.Create((PosixSignal)10, Stop));
        if (OperatingSystem.IsMacOS()) registrations.Add(PosixSignalRegistration.Create((PosixSignal)30, Stop));
    }

    public CancellationToken Token => source.Token;

    /// <summary>Requests a stop, as a signal does.</summary>
    public void Request() => source.Cancel();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = !(source.IsCancellationRequested && context.Signal == PosixSignal.SIGINT);
        source.Cancel();
    }
}
