using System.CommandLine;
using HiEndMae.Engine.Inference;

namespace HiEndMae.Host.Commands;

/// <summary>Which of a run's models are used and how: options that <c>predict</c> and <c>evaluate</c> share.</summary>
internal sealed class ModelOptions
{
    private static readonly string[] Settable = ["evaluate.", "finetune.data."];
    private readonly Option<string?> start = new("--start") { Description = "Which fine-tuned model, by its start (scratch, pretrain, or the checkpoint's name); left out, the last." };
    private readonly Option<string[]> checkpoint = new("--checkpoint") { Description = "last, best, a step, or a path; left out, the best by validation, or else the last; may be repeated to average.", HelpName = "NAME" };
    private readonly Option<string> average = new("--average") { Description = "What several checkpoints become: their probabilities averaged, or their weights.", DefaultValueFactory = _ => "probabilities" };
    private readonly Option<double?> overlap = new("--overlap") { Description = "Part of a window that its neighbour covers again." };
    private readonly Option<string?> weighting = new("--weighting") { Description = "constant or gaussian." };
    private readonly Option<string?> flips = new("--flips") { Description = "Test-time flips: none, or axes such as x,y.", HelpName = "AXES" };
    private readonly Option<string[]> set = new("--set") { Description = "Override a key of [evaluate] or [finetune.data]; may be repeated.", HelpName = "KEY=VALUE" };

    public void AddTo(Command command)
    {
        average.AcceptOnlyFromAmong("probabilities", "weights");
        weighting.AcceptOnlyFromAmong("constant", "gaussian");
        foreach (Option option in (Option[])[start, checkpoint, average, overlap, weighting, flips, set]) command.Add(option);
    }

    /// <exception cref="PluginException">--set names a key that would make another model.</exception>
    public ModelChoice Read(ParseResult parsed)
    {
        var overrides = new List<string>();
        if (parsed.GetValue(overlap) is { } part) overrides.Add(FormattableString.Invariant($"evaluate.overlap={part}"));
        if (parsed.GetValue(weighting) is { } weights) overrides.Add($"evaluate.weighting=\"{weights}\"");
        if (parsed.GetValue(flips) is { } axes) overrides.Add($"evaluate.flips={List(axes == "none" ? "" : axes)}");
        foreach (string one in parsed.GetValue(set) ?? [])
        {
            string key = one.Split('=')[0].Trim();
            if (!Settable.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)))
                throw new PluginException($"--set {key} would make another model than the one that was trained; here keys of evaluate and finetune.data are set.");
            overrides.Add(one);
        }
        return new ModelChoice(
            parsed.GetValue(start), parsed.GetValue(checkpoint) ?? [],
            parsed.GetValue(average) == "weights" ? CheckpointAveraging.Weights : CheckpointAveraging.Probabilities, overrides);
    }

    /// <summary>Words between commas as a TOML list.</summary>
    public static string List(string words) =>
        $"[{string.Join(", ", words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => $"\"{word}\""))}]";
}
