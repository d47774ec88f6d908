using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>Calls SLURM's commands: sbatch, squeue, sacct and scontrol.</summary>
internal sealed class SlurmClient
{
    private const int DefaultMaxArraySize = 1001;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Func<string, IEnumerable<string>, string> run;
    private readonly bool hasAccounting;

    private SlurmClient(Func<string, IEnumerable<string>, string> run, int maxArraySize, bool hasAccounting)
    {
        this.run = run;
        MaxArraySize = maxArraySize;
        this.hasAccounting = hasAccounting;
    }

    /// <summary>Largest number of elements of an array.</summary>
    public int MaxArraySize { get; }

    /// <summary>Reads the limits of the cluster.</summary>
    /// <param name="run">Runs a command and returns its output; null for a local process.</param>
    /// <exception cref="SlurmException">The commands are missing, or the controller does not answer.</exception>
    public static SlurmClient Connect(Func<string, IEnumerable<string>, string>? run = null)
    {
        run ??= Run;
        string[] lines = run("scontrol", ["show", "config"]).Split('\n');
        return new SlurmClient(
            run,
            int.TryParse(ValueOf("MaxArraySize"), NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 1 ? size - 1 : DefaultMaxArraySize - 1,
            ValueOf("AccountingStorageType").Contains("slurmdbd", StringComparison.Ordinal));

        string ValueOf(string key) => lines.Select(line => line.Split('=', 2)).FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim() == key)?[1].Trim() ?? "";
    }

    /// <summary>Submits an array.</summary>
    /// <param name="options">Options of sbatch.</param>
    /// <param name="script">The job script.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The id of the array.</returns>
    /// <exception cref="SlurmException">SLURM refused it.</exception>
    public string Submit(IEnumerable<string> options, string script, IEnumerable<string> arguments) =>
        run("sbatch", ["--parsable", .. options, script, .. arguments]).Trim().Split(';')[0];

    /// <summary>Returns the user's jobs, with one entry per element of an array, including jobs that ended recently.</summary>
    /// <exception cref="SlurmException">The controller does not answer.</exception>
    public IReadOnlyList<SlurmJob> Queue()
    {
        var jobs = new List<SlurmJob>();
        foreach (string line in run("squeue", ["--me", "--states=all", "-r", "-h", "-o", "%i|%T|%r|%N|%k"]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split('|', 5);
            if (parts.Length == 5) jobs.Add(new SlurmJob(parts[0].Trim(), SlurmJob.StateOf(parts[1].Trim(), parts[2].Trim()), parts[1].Trim(), parts[2].Trim(), parts[3].Trim(), parts[4].Trim()));
        }
        return jobs;
    }

    /// <summary>Returns how jobs ended that are no longer in the queue, by id; empty if the cluster has no accounting.</summary>
    /// <param name="ids">Ids such as 17_3.</param>
    public IReadOnlyDictionary<string, SlurmJob> Accounts(IReadOnlyList<string> ids)
    {
        var found = new Dictionary<string, SlurmJob>(StringComparer.Ordinal);
        if (!hasAccounting) return found;
        foreach (string[] part in ids.Chunk(500))
        {
            try
            {
                foreach (string line in run("sacct", ["-n", "-X", "-P", "-o", "JobID,State,NodeList", "-j", string.Join(',', part)]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    string[] parts = line.Split('|', 3);
                    if (parts.Length == 3) found[parts[0]] = new SlurmJob(parts[0], SlurmJob.StateOf(parts[1], ""), parts[1], "", parts[2], "");
                }
            }
            catch (SlurmException)
            {
                // Accounting may be off or closed to users. The job's journal is then the only source.
                return found;
            }
        }
        return found;
    }

    private static string Run(string command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // Inside a job these variables are inherited, and sbatch would use them as options.
        foreach (string name in start.Environment.Keys.Where(IsOfJob).ToArray()) start.Environment.Remove(name);
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                throw new SlurmException($"'{command}' did not answer within {Patience.TotalMinutes:F0} minutes. Check the SLURM controller with 'scontrol ping'.");
            }
            process.WaitForExit();
            if (process.ExitCode == 0) return output.Result;
            throw new SlurmException($"'{command}' failed: {error.Result.Trim()}. Check [slurm] of the file and the output of 'sinfo', and run the same command again; nothing is submitted twice.");
        }
        catch (Win32Exception)
        {
            throw new SlurmException($"There is no '{command}' on PATH. Run this on a login node of the cluster, or leave out --launcher slurm.");
        }
    }

    private static bool IsOfJob(string name) => (name.StartsWith("SLURM_", StringComparison.Ordinal) && name != "SLURM_CONF") || name.StartsWith("SBATCH_", StringComparison.Ordinal);
}
