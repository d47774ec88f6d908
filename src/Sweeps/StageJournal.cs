using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HiEndMae.Sweeps;

/// <summary>What happened to a stage's jobs, a line of JSON for each event: begin and end, which the job script writes, and start and retry, which the program writes.</summary>
internal sealed class StageJournal
{
    /// <summary>Name of the file in the stage's folder.</summary>
    public const string FileName = "slurm.jsonl";

    private const int Interrupted = 130;
    private readonly string path;

    private StageJournal(string path) => this.path = path;

    /// <summary>The journal of a stage's folder.</summary>
    public static StageJournal Of(string folder) => new(Path.Combine(folder, FileName));

    /// <summary>Its events, oldest first; lines that a crash cut off are left out.</summary>
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
                // A job that was killed while it wrote.
            }
        }
        return events;
    }

    /// <summary>Starts at this step since the last retry that no exit code of an orderly stop followed. An orderly stop saves, so it never counts.</summary>
    /// <param name="step">The newest checkpoint's.</param>
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

    /// <summary>Notes that the program begins to train.</summary>
    /// <param name="step">The newest checkpoint's.</param>
    /// <param name="now">The time.</param>
    public void NoteStart(int step, DateTimeOffset now) => Append(new JsonObject { ["event"] = "start", ["step"] = step, ["time"] = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) });

    /// <summary>Notes that a person wants it tried again.</summary>
    public void NoteRetry()
    {
        if (File.Exists(path)) Append(new JsonObject { ["event"] = "retry" });
    }

    private void Append(JsonObject one) => File.AppendAllText(path, one.ToJsonString() + "\n");
}
