using System.CommandLine;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae evaluate RUN</c>: scores a run's models again, with other checkpoints or settings; <c>hiendmae evaluate DIR --truth DIR</c>: scores label maps.</summary>
internal static class EvaluateCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var path = new Argument<string>("RUN") { Description = "Run directory, a checkpoint in it, or a model in MLflow (runs:/RUN_ID/model, models:/NAME/VERSION); with --truth, a folder of label maps or one of them." };
        var truth = new Option<string?>("--truth") { Description = "Folder of true label maps, or one: scores label maps of any program, paired by name.", HelpName = "DIR" };
        var labels = new Option<string?>("--labels") { Description = "With --truth: spleen=1,liver=5, a model.json or a dataset.json; left out, every value. A label named ignore is scored nowhere.", HelpName = "NAMES" };
        var split = new Option<string>("--split") { Description = "test or validation.", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test", "validation");
        var grid = new Option<string?>("--grid") { Description = "model or original: the grid that is scored." };
        grid.AcceptOnlyFromAmong("model", "original");
        var policy = new Option<string?>("--policy") { Description = "strict or monai: what missing organs count." };
        policy.AcceptOnlyFromAmong("strict", "monai");
        var metrics = new Option<string?>("--metrics") { Description = "dice,iou,hd95,assd,surface-dice: any of them.", HelpName = "LIST" };
        var output = new Option<string?>("--out") { Description = "Folder for results.json and scores.csv, and of a run pictures; left out, RUN/evaluations/TIME, and none for label maps.", HelpName = "DIR" };
        var save = new Option<bool>("--predictions") { Description = "Write the label maps that were scored." };
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var models = new ModelOptions();
        var command = new Command("evaluate", "Score a run's models again with other settings, or label maps against label maps.") { path, truth, labels, split, grid, policy, metrics, output, save, device, json };
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
