using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Inference;

namespace HiEndMae.Host.Commands;

/// <summary>Options of <c>predict</c> and <c>evaluate</c> that choose the models of a run and how to use them.</summary>
internal sealed class ModelOptions
{
    private static readonly string[] Settable = ["evaluate.", "finetune.data."];
    private readonly Option<string?> start = new("--start") { Description = "Fine-tuned model to use, named by its start: scratch, pretrain, or the name of a checkpoint; default: the last." };
    private readonly Option<string[]> checkpoint = new("--checkpoint") { Description = "Checkpoint to use: last, best, a step, or a path; default: the best by validation, otherwise the last. Repeat it to average several.", HelpName = "NAME" };
    private readonly Option<string> average = new("--average") { Description = "With several checkpoints: average their probabilities or their weights.", DefaultValueFactory = _ => "probabilities" };
    private readonly Option<double?> overlap = new("--overlap") { Description = "Fraction of a window that the next window overlaps." };
    private readonly Option<string?> weighting = new("--weighting") { Description = "Weights of voxels within a window: constant or gaussian." };
    private readonly Option<string?> flips = new("--flips") { Description = "Test-time flips: none, or axes such as x,y.", HelpName = "AXES" };
    private readonly Option<string[]> set = new("--set") { Description = "Override a key of [evaluate] or [finetune.data]; may be repeated.", HelpName = "KEY=VALUE" };

    public void AddTo(Command command)
    {
        average.AcceptOnlyFromAmong("probabilities", "weights");
        weighting.AcceptOnlyFromAmong("constant", "gaussian");
        foreach (Option option in (Option[])[start, checkpoint, average, overlap, weighting, flips, set]) command.Add(option);
    }

    /// <exception cref="UserException"><c>--set</c> names a key that would change the model.</exception>
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
                throw new UserException($"--set {key} would change the trained model; only keys of [evaluate] and [finetune.data] can be set here.");
            overrides.Add(one);
        }
        return new ModelChoice(
            parsed.GetValue(start), parsed.GetValue(checkpoint) ?? [],
            parsed.GetValue(average) == "weights" ? CheckpointAveraging.Weights : CheckpointAveraging.Probabilities, overrides);
    }

    /// <summary>Converts comma-separated words to a TOML list.</summary>
    public static string List(string words) =>
        $"[{string.Join(", ", words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => $"\"{word}\""))}]";
}
