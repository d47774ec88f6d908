using System.CommandLine;
using HiEndMae.TorchRepairs;

namespace HiEndMae.Host.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string[]> Set() => new("--set")
    {
        Description = "Override a key, such as --set pretrain.mask_ratio=0.9; may be repeated.",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON instead of tables and progress." };

    public static Option<string> Out() => new("--out")
    {
        Description = "Folder that holds the run directories.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "runs",
    };

    public static Option<string?> Device() => new("--device") { Description = "Device to use: auto, cpu, cuda or cuda:N. Overrides the file.", HelpName = "DEVICE" };

    public static Option<string?> Libtorch() => new("--libtorch")
    {
        Description = $"Take libtorch from this folder, such as the torch/lib of an installed PyTorch {LibtorchFolder.Version}, instead of the program's own (Linux). Default: HIENDMAE_LIBTORCH, if it is set.",
        HelpName = "DIR",
    };

    public static Option<bool> Resume() => new("--resume") { Description = "Continue the newest unfinished run of the experiment; start a new one if there is none." };

    public static Option<bool> AcceptPluginChanges(string description) => new("--accept-plugin-changes") { Description = description };
}
