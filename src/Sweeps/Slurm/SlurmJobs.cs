using System.Globalization;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>A snapshot of the jobs of stages, from the submissions and the queue.</summary>
internal sealed class SlurmJobs
{
    private readonly Dictionary<string, SlurmJob> jobs = new(StringComparer.Ordinal);

    private SlurmJobs()
    {
    }

    /// <summary>Reads submissions and queue. If the id of an array was not saved after sbatch, the array is found by its comment, and its id is saved.</summary>
    /// <param name="output">Folder of run directories.</param>
    /// <param name="client">The cluster.</param>
    /// <exception cref="SlurmException">The controller does not answer.</exception>
    public static SlurmJobs Read(string output, SlurmClient client)
    {
        var known = new SlurmJobs();
        IReadOnlyList<SlurmSubmission> submissions = SlurmSubmission.All(output);
        if (submissions.Count == 0) return known;
        IReadOnlyList<SlurmJob> queue = client.Queue();
        Dictionary<string, SlurmJob> byId = queue.GroupBy(job => job.Id, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
        foreach (SlurmSubmission submission in submissions)
        {
            foreach ((string name, (IReadOnlyList<string> stages, string? job)) in submission.Arrays.ToArray())
            {
                string? id = job;
                if (id is null && queue.FirstOrDefault(one => one.Comment == submission.CommentOf(name)) is { } found)
                {
                    id = found.Id.Split('_')[0];
                    submission.Submitted(name, id);
                }
                if (id is null) continue;
                for (int i = 0; i < stages.Count; i++)
                {
                    string element = string.Create(CultureInfo.InvariantCulture, $"{id}_{i}");
                    known.jobs[stages[i]] = byId.GetValueOrDefault(element) ?? new SlurmJob(element, SlurmJobState.Unknown, "", "", "", "");
                }
            }
        }
        string[] forgotten = [.. known.jobs.Values.Where(job => job.State == SlurmJobState.Unknown).Select(job => job.Id)];
        IReadOnlyDictionary<string, SlurmJob> accounts = forgotten.Length == 0 ? new Dictionary<string, SlurmJob>() : client.Accounts(forgotten);
        foreach ((string stage, SlurmJob job) in known.jobs.ToArray())
        {
            if (accounts.TryGetValue(job.Id, out SlurmJob? account)) known.jobs[stage] = account;
        }
        return known;
    }

    /// <summary>Returns the last job of a stage; null if it was never submitted.</summary>
    public SlurmJob? Of(SweepStage stage) => jobs.GetValueOrDefault(stage.FolderName);
}
