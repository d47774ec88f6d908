using System.Diagnostics;
using System.Globalization;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Engine.Collectives;

/// <summary>Brings the ranks of one start together before Gloo connects them, because Gloo ends the process if a rank does not come. It also finds a name for Gloo's file that no earlier start has used.</summary>
/// <remarks>
/// Every rank holds a lock on its own file. Rank 0 chooses the name. The others take only a name whose file is locked, since a killed start leaves its files behind, and launchers may give two starts the same id.
/// </remarks>
internal sealed class GlooMeeting : IDisposable
{
    private const string StoreEnding = "store";
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(50);
    private readonly string folder, name;
    private readonly int rank;
    private readonly FileLock own;

    private GlooMeeting(string folder, string name, int rank, FileLock own)
    {
        this.folder = folder;
        this.name = name;
        this.rank = rank;
        this.own = own;
    }

    /// <summary>The file for Gloo.</summary>
    public string Store => Path.Combine(folder, $"{name}.{StoreEnding}");

    /// <summary>Waits for all ranks.</summary>
    /// <param name="folder">A folder that all ranks can access. It is created if there is none.</param>
    /// <param name="start">Name of the start, the same on all ranks.</param>
    /// <param name="rank">Rank of this process.</param>
    /// <param name="size">Number of processes.</param>
    /// <param name="patience">How long to wait.</param>
    /// <exception cref="ProcessGroupException">A rank did not come. The message says which.</exception>
    public static GlooMeeting Enter(string folder, string start, int rank, int size, TimeSpan patience)
    {
        Directory.CreateDirectory(folder);
        var watch = Stopwatch.StartNew();
        string? name = rank == 0 ? $"{start}-{Guid.NewGuid():N}" : null;
        if (rank == 0) RemoveEarlier(folder);
        FileLock? own = null;
        try
        {
            while (true)
            {
                name ??= Directory.GetFiles(folder, $"{start}-*.0").Where(IsHeld).Select(Path.GetFileNameWithoutExtension).FirstOrDefault();
                if (own is not null && !File.Exists(FileOf(folder, name!, rank)))
                {
                    // Another start removed it before it was locked.
                    own.Dispose();
                    own = null;
                }
                if (name is not null) own ??= FileLock.TryTake(FileOf(folder, name, rank)); // null if another rank is just testing the lock
                int[] missing = [.. Enumerable.Range(0, size).Where(one => one != rank && (name is null ? one == 0 : !IsHeld(FileOf(folder, name, one))))];
                if (own is not null && missing.Length == 0) return new GlooMeeting(folder, name!, rank, own);
                if (watch.Elapsed > patience)
                {
                    throw new ProcessGroupException(FormattableString.Invariant(
                        $"Rank {rank} of {size} waited {patience.TotalSeconds:F0} s for rank {string.Join(", ", missing)}, which did not start. Check that all processes can write to '{folder}', read the output of the missing ranks, and start all again."));
                }
                Thread.Sleep(Again);
            }
        }
        catch
        {
            own?.Dispose();
            if (own is not null) File.Delete(FileOf(folder, name!, rank));
            throw;
        }
    }

    /// <summary>Removes the files of this rank, and on rank 0 also Gloo's. All ranks must have connected.</summary>
    public void Dispose()
    {
        own.Dispose();
        File.Delete(FileOf(folder, name, rank));
        if (rank == 0) File.Delete(Store);
        try
        {
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // The last rank removes the folder. Another start may use it too.
        }
    }

    private static string FileOf(string folder, string name, int rank) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{rank}"));

    // Files of killed starts, whatever their name.
    private static void RemoveEarlier(string folder)
    {
        foreach (string first in Directory.GetFiles(folder, "*.0").Where(first => !IsHeld(first)))
        {
            foreach (string file in Directory.GetFiles(folder, $"{Path.GetFileNameWithoutExtension(first)}.*")) File.Delete(file);
        }
    }

    // Files of killed starts exist and are free.
    private static bool IsHeld(string file) => !FileLock.IsFree(file) && File.Exists(file);
}
