using System.CommandLine;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae evaluate RUN</c> scores a run's models again, with other checkpoints or settings. <c>hiendmae evaluate DIR --truth DIR</c> scores label maps.</summary>
internal static class EvaluateCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var path = new Argument<string>("RUN") { Description = "Run directory, checkpoint of a run, or model in MLflow (runs:/RUN_ID/model, models:/NAME/VERSION). With --truth: a label map or a folder of them." };
        var truth = new Option<string?>("--truth") { Description = "True label map, or a folder of them. Scores label maps of any program; files are paired by name.", HelpName = "DIR" };
        var labels = new Option<string?>("--labels") { Description = "With --truth: spleen=1,liver=5, a model.json or a dataset.json; default: every value. Voxels of a label named ignore are not scored.", HelpName = "NAMES" };
        var split = new Option<string>("--split") { Description = "Split to score: test or validation.", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test", "validation");
        var grid = new Option<string?>("--grid") { Description = "Grid on which scores are computed: model or original." };
        grid.AcceptOnlyFromAmong("model", "original");
        var policy = new Option<string?>("--policy") { Description = "How missing organs count: strict or monai." };
        policy.AcceptOnlyFromAmong("strict", "monai");
        var metrics = new Option<string?>("--metrics") { Description = "Metrics to compute: any of dice,iou,hd95,assd,surface-dice.", HelpName = "LIST" };
        var output = new Option<string?>("--out") { Description = "Folder for results.json, scores.csv and pictures; default: RUN/evaluations/TIME for a run, and nothing is written for label maps.", HelpName = "DIR" };
        var save = new Option<bool>("--predictions") { Description = "Also write the label maps that were scored." };
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var models = new ModelOptions();
        var command = new Command("evaluate", "Score a run's models again with other settings, or score label maps against true ones.") { path, truth, labels, split, grid, policy, metrics, output, save, device, json };
        models.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            ModelChoice choice = models.Read(parsed);
            var overrides = new List<string>(choice.Overrides);
            if (parsed.GetValue(grid) is { } g) overrides.Add($"evaluate.grid=\"{g}\"");
            if (parsed.GetValue(policy) is { } p) overrides.Add($"evaluate.policy=\"{p}\"");
            if (parsed.GetValue(metrics) is { } m) overrides.Add($"evaluate.metrics={ModelOptions.List(m)}");
            var options = new EvaluateOptions(parsed.GetValue(path)!, parsed.GetValue(output), parsed.GetValue(json), choice with { Overrides = overrides });
            int code = parsed.GetValue(truth) is { } truths
                ? new EvaluateLabelMaps(environment, options).Run(truths, parsed.GetValue(labels), cancel)
                : new EvaluateRun(environment, options).Run(parsed.GetValue(split)!, parsed.GetValue(device), parsed.GetValue(save), cancel);
            return Task.FromResult(code);
        });
        return command;
    }
}
