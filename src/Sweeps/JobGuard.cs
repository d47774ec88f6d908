using HiEndMae.Configuration.Shared;

namespace HiEndMae.Sweeps;

/// <summary>Guards a run that is a job of a sweep: only one process works in its folder, and the job saves a checkpoint and ends when the sweep ends.</summary>
internal sealed class JobGuard : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private readonly FileLock alone;

    private JobGuard(FileLock alone) => this.alone = alone;

    /// <summary>Waits until no other process works in the folder, for example one that a killed sweep left behind.</summary>
    /// <param name="folder">Folder of the stage.</param>
    /// <param name="sweep">The standard input of the job. A sweep that runs jobs itself writes a byte to it, and the stream ends when the sweep ends. If a stream ends without a byte, such as /dev/null, it belongs to no sweep and is not watched.</param>
    /// <param name="stop">Requests that the run saves a checkpoint and ends.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <exception cref="OperationCanceledException">Waiting was cancelled.</exception>
    /// <exception cref="IOException">The lock cannot be created in the folder.</exception>
    public static JobGuard Enter(string folder, Stream sweep, Action stop, CancellationToken cancel)
    {
        Watch(sweep, stop);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (FileLock.TryTake(Path.Combine(folder, "lock")) is { } alone) return new JobGuard(alone);
            cancel.WaitHandle.WaitOne(Again);
        }
    }

    public void Dispose() => alone.Dispose();

    // The thread waits in one read and does not allocate during the training.
    private static void Watch(Stream sweep, Action stop) => new Thread(() =>
    {
        var nothing = new byte[1];
        if (sweep.Read(nothing) == 0) return;
        while (sweep.Read(nothing) > 0)
        {
        }
        stop();
    })
    { IsBackground = true, Name = "sweep" }.Start();
}
