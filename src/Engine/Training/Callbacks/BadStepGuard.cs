using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Writes a report for each step that was not applied because of NaN or infinity, and stops the training after several such steps in a row.</summary>
/// <param name="folder">Folder of the reports; null to write none, as ranks other than 0 do.</param>
/// <param name="mostInARow">Number of such steps in a row that stops the training.</param>
public sealed class BadStepGuard(string? folder, int mostInARow) : TrainingCallback
{
    private const int MostReports = 100;
    private int inARow;

    /// <summary>Steps that were not applied.</summary>
    public int Total { get; private set; }

    /// <inheritdoc/>
    public override JsonObject Save() => new() { ["in_a_row"] = inARow, ["total"] = Total };

    /// <inheritdoc/>
    public override void Load(JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(state);
        inARow = (int)state["in_a_row"]!;
        Total = (int)state["total"]!;
    }

    /// <inheritdoc/>
    /// <exception cref="NonFiniteLossException">Too many steps in a row were not applied.</exception>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (step.IsScaleSearch) return;
        if (step.Applied)
        {
            inARow = 0;
            return;
        }
        inARow++;
        Total++;
        string? report = folder is not null && Total <= MostReports ? WriteReport(run, folder, step) : null;
        run.Logger.Metric("bad_step", 1, step.Step);
        string what = double.IsFinite(step.Loss) ? "gradient" : "loss";
        run.Logger.Warn(string.Create(CultureInfo.InvariantCulture, $"the {what} of step {step.Step} is NaN or infinite; the step is not applied ({inARow} in a row, {mostInARow} stop the training).{(report is null ? "" : $" Its cases: '{report}'.")}"));
        if (inARow >= mostInARow)
            throw new NonFiniteLossException(string.Create(CultureInfo.InvariantCulture, $"Loss or gradient were NaN or infinite in {inARow} steps in a row, up to step {step.Step}"), step.Step, run.LastCheckpoint, report);
    }

    /// <inheritdoc/>
    public override TrainResult AddTo(TrainResult result) => result with { BadSteps = Total };

    private static string? WriteReport(TrainingRun run, string folder, in StepReport step)
    {
        var crops = new JsonArray();
        for (int i = 0; i < run.Options.GradAccumulation; i++)
        {
            foreach (CropSummary crop in run.Objective.Describe((step.Step - 1) * run.Options.GradAccumulation + i))
            {
                crops.Add((JsonNode)new JsonObject
                {
                    ["case"] = crop.Case, ["min"] = Number(crop.Min), ["max"] = Number(crop.Max), ["mean"] = Number(crop.Mean), ["non_finite_voxels"] = crop.NonFinite,
                });
            }
        }
        var report = new JsonObject
        {
            ["step"] = step.Step, ["loss"] = Number(step.Loss), ["grad_norm"] = Number(step.GradNorm), ["lr"] = step.Lr, ["last_checkpoint"] = run.LastCheckpoint, ["crops"] = crops,
        };
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"step-{step.Step:D8}.json"));
        try
        {
            AtomicFile.WriteText(path, report.ToJsonString(JsonOptions.Indented));
            return path;
        }
        catch (IOException error)
        {
            run.Logger.Warn($"'{path}' cannot be written: {error.Message}");
            return null;
        }
    }

    // JSON has no NaN.
    private static JsonNode Number(double value) => double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture);
}
