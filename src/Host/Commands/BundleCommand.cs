using System.CommandLine;
using System.Globalization;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Models;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae bundle RUN --out X.zip</c>: a fine-tuned model in one file, for <c>predict</c> on another machine.</summary>
internal static class BundleCommand
{
    private const double Mebibyte = 1 << 20;

    public static Command Create(HostEnvironment environment)
    {
        var run = new Argument<string>("RUN") { Description = "Run directory of an experiment with [finetune], checkpoint of a run, or model in MLflow." };
        var output = new Option<string>("--out") { Description = "The zip file to write.", HelpName = "FILE", Required = true };
        var start = new Option<string?>("--start") { Description = "Fine-tuned model, named by its start: scratch, pretrain, or the name of a checkpoint; default: the last." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Checkpoint: last, best, a step, or a path; default: the best by validation, otherwise the last.", HelpName = "NAME" };
        var command = new Command("bundle", "Write a fine-tuned model into one file with config, label values, intensities, plugins and a model card. 'predict' takes the file.") { run, output, start, checkpoint };
        command.SetAction(parsed => Run(environment, parsed.GetValue(run)!, parsed.GetValue(output)!, parsed.GetValue(start), parsed.GetValue(checkpoint)));
        return command;
    }

    private static int Run(HostEnvironment environment, string run, string file, string? start, string? checkpoint)
    {
        if (!Path.GetExtension(file).Equals(ModelBundle.Extension, StringComparison.OrdinalIgnoreCase)) throw new UserException($"'{file}' must end in {ModelBundle.Extension}, because 'predict' knows bundles by it.");
        FineTunedModels opened = FineTunedModels.Open(environment.Runs, run, []);
        string chosen = opened.StartOf(start), name = opened.WriteBundle(chosen, checkpoint, file);
        environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {opened.Config.Name}, {chosen}, checkpoint {name}, {new FileInfo(file).Length / Mebibyte:F1} MiB"));
        return ExitCodes.Done;
    }
}
