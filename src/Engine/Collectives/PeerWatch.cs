using System.Globalization;
using System.Runtime.InteropServices;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Engine.Collectives;

/// <summary>Ends this process if another rank dies, because a call to the group would wait for that rank forever.</summary>
/// <remarks>Every rank holds a lock on its own file while it lives. If another rank can take the lock, its owner has died, on any node.</remarks>
public sealed partial class PeerWatch : IDisposable
{
    /// <summary>Name of the folder of these files in the run directory.</summary>
    public const string FolderName = "ranks";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromSeconds(3), StopGrace = TimeSpan.FromSeconds(60);
    private readonly IProcessGroup group;
    private readonly string folder;
    private readonly Action<string> lost;
    private readonly FileStream? own;
    private readonly ManualResetEventSlim ended = new(false);

    private PeerWatch(IProcessGroup group, string folder, Action<string> lost)
    {
        this.group = group;
        this.folder = folder;
        this.lost = lost;
        // Files of an earlier start, of which a rank was killed.
        if (group.IsFirst()) RemoveFiles();
        if (group.Size == 1) return;
        group.Barrier();
        Directory.CreateDirectory(folder);
        File.WriteAllText(AboutOf(group.Rank), $"process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)} on {Environment.MachineName}");
        own = new FileStream(FileOf(group.Rank), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        group.Barrier();
        new Thread(Watch) { IsBackground = true, Name = "ranks" }.Start();
    }

    /// <summary>Starts watching. Every rank must call it.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="folder">A folder that all ranks can access, used for nothing else.</param>
    /// <param name="lost">Called on a separate thread with a message that names the dead rank. It should end the process.</param>
    public static PeerWatch Start(IProcessGroup group, string folder, Action<string> lost)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new PeerWatch(group, folder, lost);
    }

    /// <summary>Ends this process at once, even if its threads wait.</summary>
    public static void Exit(int code) => ExitNow(code);

    /// <summary>Ends together with all other ranks: waits for them and removes the files.</summary>
    /// <param name="code">The exit code of this rank.</param>
    public void LeaveTogether(int code)
    {
        if (group.Size == 1) return;
        Leave(code);
        group.Barrier();
        own?.Dispose();
        // Rank 0 removes the files of all.
        if (group.IsFirst()) RemoveFiles();
    }

    /// <summary>Notes that this rank ends regularly.</summary>
    /// <param name="code">Its exit code.</param>
    public void Leave(int code)
    {
        ended.Set();
        if (own is not null) File.WriteAllText(EndOf(group.Rank), code.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        ended.Set();
        own?.Dispose();
    }

    private void RemoveFiles()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private void Watch()
    {
        while (!ended.Wait(Every))
        {
            for (int rank = 0; rank < group.Size; rank++)
            {
                if (rank == group.Rank || !FileLock.IsFree(FileOf(rank))) continue;
                bool isOrderly = File.Exists(EndOf(rank));
                // This rank may already be ending, for the same reason or because a call to the group has failed.
                if (ended.Wait(isOrderly ? StopGrace : Grace)) return;
                lost(string.Create(CultureInfo.InvariantCulture,
                    $"rank {rank} of {group.Size} ({About(rank)}) has died, and rank {group.Rank} cannot continue without it. The last checkpoint is valid; start all ranks again with --resume."));
                return;
            }
        }
    }

    private string About(int rank)
    {
        try
        {
            return File.ReadAllText(AboutOf(rank));
        }
        catch (IOException)
        {
            return "unknown process";
        }
    }

    private string FileOf(int rank) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"rank-{rank}"));

    private string AboutOf(int rank) => FileOf(rank) + ".txt";

    private string EndOf(int rank) => FileOf(rank) + ".end";

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
