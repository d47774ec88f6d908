using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>One submission: <c>OUT/slurm/ID/submission.json</c> has the stages of each array, and is written before the first job is submitted. <c>jobs.txt</c> gets a line with array and job after each.</summary>
internal sealed class SlurmSubmission
{
    private const string FileName = "submission.json", JobsName = "jobs.txt";

    private SlurmSubmission(string folder, string program)
    {
        Folder = folder;
        ProgramFolder = program;
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Its name. Names sort by time.</summary>
    public string Id => Path.GetFileName(Folder);

    /// <summary>Folder of the program that its jobs run.</summary>
    public string ProgramFolder { get; }

    /// <summary>By name of the array: the folders of its stages, and its job; null if it is not known to be submitted.</summary>
    public Dictionary<string, (IReadOnlyList<string> Stages, string? Job)> Arrays { get; } = new(StringComparer.Ordinal);

    /// <summary>Returns the comment of an array's jobs in SLURM.</summary>
    public string CommentOf(string array) => $"hiendmae:{Id}:{array}";

    /// <summary>Creates a submission.</summary>
    /// <param name="output">Folder of run directories.</param>
    /// <param name="program">Folder of the program that its jobs run.</param>
    /// <param name="arrays">The arrays to submit.</param>
    /// <param name="now">The time.</param>
    public static SlurmSubmission Create(string output, string program, IReadOnlyList<SlurmArray> arrays, DateTimeOffset now)
    {
        string folder = Path.Combine(RootOf(output), $"{now:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..6]}");
        var submission = new SlurmSubmission(folder, program);
        foreach (SlurmArray array in arrays) submission.Arrays[array.Name] = ([.. array.Stages.Select(stage => stage.FolderName)], null);
        submission.Write();
        return submission;
    }

    /// <summary>Returns the submissions of a folder of run directories, oldest first.</summary>
    public static IReadOnlyList<SlurmSubmission> All(string output)
    {
        string root = RootOf(output);
        if (!Directory.Exists(root)) return [];
        return [.. Directory.GetDirectories(root).Order(StringComparer.Ordinal).Select(Read).OfType<SlurmSubmission>()];
    }

    /// <summary>Returns the folder of submissions.</summary>
    public static string RootOf(string output) => Path.Combine(Path.GetFullPath(output), "slurm");

    /// <summary>Saves the job of an array. The line is appended, because a sweep may have as many arrays as pre-trainings.</summary>
    public void Submitted(string array, string job)
    {
        Arrays[array] = (Arrays[array].Stages, job);
        File.AppendAllText(Path.Combine(Folder, JobsName), $"{array} {job}\n");
    }

    private static SlurmSubmission? Read(string folder)
    {
        if (StageStore.Read(Path.Combine(folder, FileName)) is not JsonObject json) return null;
        var submission = new SlurmSubmission(folder, (string)json["program"]!);
        foreach ((string name, JsonNode? array) in json["arrays"]!.AsObject())
            submission.Arrays[name] = ([.. array!["stages"]!.AsArray().Select(stage => (string)stage!)], (string?)array["job"]);
        string jobs = Path.Combine(folder, JobsName);
        // A line without an end was being written when the program was killed. Its array is found by its comment.
        foreach (string line in File.Exists(jobs) ? File.ReadAllText(jobs).Split('\n')[..^1] : [])
        {
            if (line.Split(' ') is [var name, var job] && submission.Arrays.TryGetValue(name, out (IReadOnlyList<string> Stages, string? Job) array)) submission.Arrays[name] = (array.Stages, job);
        }
        return submission;
    }

    private void Write() => AtomicFile.WriteText(Path.Combine(Folder, FileName), new JsonObject
    {
        ["program"] = ProgramFolder,
        ["arrays"] = new JsonObject(Arrays.Select(array => KeyValuePair.Create(array.Key, (JsonNode?)new JsonObject
        {
            ["stages"] = new JsonArray([.. array.Value.Stages.Select(stage => (JsonNode)stage)]),
        }))),
    }.ToJsonString(JsonOptions.Indented));
}
