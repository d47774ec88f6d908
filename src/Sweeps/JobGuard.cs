namespace HiEndMae.Sweeps;

/// <summary>What a run that is a sweep's job does besides running: it is alone in its folder, and it saves and ends when the sweep does.</summary>
internal sealed class JobGuard : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private readonly FileStream alone;

    private JobGuard(FileStream alone) => this.alone = alone;

    /// <summary>Waits until no other process works in the folder, such as one that a killed sweep left behind.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="sweep">Ends where the sweep ends: the job's standard input.</param>
    /// <param name="stop">Asks the run to save and to end.</param>
    /// <param name="cancel">Asked to stop while waiting.</param>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    public static JobGuard Enter(string folder, Stream sweep, Action stop, CancellationToken cancel)
    {
        Watch(sweep, stop);
        Directory.CreateDirectory(folder);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                return new JobGuard(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                cancel.WaitHandle.WaitOne(Again);
            }
        }
    }

    public void Dispose() => alone.Dispose();

    // It waits in one read and allocates nothing beside the training.
    private static void Watch(Stream sweep, Action stop) => new Thread(() =>
    {
        var nothing = new byte[1];
        while (sweep.Read(nothing) > 0)
        {
        }
        stop();
    })
    { IsBackground = true, Name = "sweep" }.Start();
}
