using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HiEndMae.Sweeps;

/// <summary>The journal of a stage's jobs, with one line of JSON per event. The job script writes begin and end; the program writes start and retry.</summary>
internal sealed class StageJournal
{
    /// <summary>Name of the file in the stage's folder.</summary>
    public const string FileName = "slurm.jsonl";

    private const int Interrupted = 130;
    private readonly string path;

    private StageJournal(string path) => this.path = path;

    /// <summary>Returns the journal in a stage's folder.</summary>
    public static StageJournal Of(string folder) => new(Path.Combine(folder, FileName));

    /// <summary>The events, oldest first. Incomplete lines are skipped.</summary>
    public IReadOnlyList<JsonNode> Events()
    {
        if (!File.Exists(path)) return [];
        var events = new List<JsonNode>();
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                if (JsonNode.Parse(line) is JsonObject one) events.Add(one);
            }
            catch (JsonException)
            {
                // The job was killed while it wrote.
            }
        }
        return events;
    }

    /// <summary>Counts failed starts: starts at this step since the last retry that did not end with the exit code of a regular stop. A regular stop saves a checkpoint, so it does not count.</summary>
    /// <param name="step">Step of the newest checkpoint.</param>
    public int StartsInVain(int step)
    {
        int count = 0;
        foreach (JsonNode one in Events())
        {
            switch ((string?)one["event"])
            {
                case "retry":
                    count = 0;
                    break;
                case "start":
                    count = (int?)one["step"] == step ? count + 1 : 0;
                    break;
                case "end" when (int?)one["code"] == Interrupted && count > 0:
                    count--;
                    break;
            }
        }
        return count;
    }

    /// <summary>Records that the program starts to train.</summary>
    /// <param name="step">Step of the newest checkpoint.</param>
    /// <param name="now">The time.</param>
    public void NoteStart(int step, DateTimeOffset now) => Append(new JsonObject { ["event"] = "start", ["step"] = step, ["time"] = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) });

    /// <summary>Records that the user requested a retry.</summary>
    public void NoteRetry()
    {
        if (File.Exists(path)) Append(new JsonObject { ["event"] = "retry" });
    }

    private void Append(JsonObject one) => File.AppendAllText(path, one.ToJsonString() + "\n");
}
