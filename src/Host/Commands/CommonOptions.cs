using System.CommandLine;

namespace HiEndMae.Host.Commands;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<string[]> Set() => new("--set")
    {
        Description = "Override a key, such as --set pretrain.mask_ratio=0.9; may be repeated.",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for machines." };

    public static Option<string> Out() => new("--out")
    {
        Description = "Folder of run directories.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "runs",
    };

    public static Option<string?> Device() => new("--device") { Description = "auto, cpu, cuda or cuda:N; overrides the file.", HelpName = "DEVICE" };

    public static Option<bool> Resume() => new("--resume") { Description = "Go on with the newest unfinished run." };
}
