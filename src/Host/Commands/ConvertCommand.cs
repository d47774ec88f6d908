using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Weights;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae convert IN OUT</c>: converts weights of any readable format to safetensors, with the tensor names of another program.</summary>
internal static class ConvertCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var input = new Argument<string>("IN") { Description = "Safetensors file, PyTorch checkpoint (.pth, .pt, .bin), or checkpoint folder." };
        var output = new Argument<string>("OUT") { Description = "Safetensors file to write." };
        var names = new Option<string>("--names") { Description = $"Names of the tensors in OUT: {string.Join(", ", WeightNames.Written.Select(name => $"{name} ({WeightNames.Of(name).Title})"))}.", HelpName = "NAMES", DefaultValueFactory = _ => WeightNames.Own };
        names.AcceptOnlyFromAmong([.. WeightNames.Written]);
        var command = new Command("convert", "Convert weights to safetensors, with the tensor names of this program or of another one.") { input, output, names };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!;
            using WeightFile file = WeightFile.Open(parsed.GetValue(input)!);
            IReadOnlyList<(string Name, string Reason)> skipped = WeightConversion.Write(file, path, parsed.GetValue(names)!);
            foreach (IGrouping<string, (string Name, string Reason)> group in skipped.GroupBy(item => item.Reason))
                environment.Error.WriteLine($"not written: {group.Count()} tensors, such as '{group.First().Name}': {group.Key}.");
            environment.Output.WriteLine($"{path}: {file.Entries.Count - skipped.Count} tensors, names: {parsed.GetValue(names)}");
            return ExitCodes.Done;
        });
        return command;
    }
}
