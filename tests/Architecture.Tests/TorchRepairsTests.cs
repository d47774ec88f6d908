using System.Text.RegularExpressions;
using HiEndMae.Host.Tests;

namespace HiEndMae.Architecture.Tests;

/// <summary>Every repair says which gap it fills, which test shows the need, and when it can go.</summary>
public sealed partial class TorchRepairsTests
{
    // Parts of a repair that another file describes.
    private static readonly string[] Helpers = ["ElfAlias.cs", "ElfSymbols.cs", "LibtorchContext.cs", "LibtorchFolderException.cs", "MissingFunctionException.cs", "OperatorTime.cs", "RandomState.cs", "RecomputedFunction.cs"];

    // Repairs that need more than TorchSharp, or are needed where TorchRepairs may not be referenced.
    private static readonly string[] Elsewhere = ["Engine/Collectives/GlooGroup.cs", "Engine/Collectives/NcclGroup.cs", "Nn/Initialise.cs", "TorchRepairs/Memory/TensorMemory.cs"];

    public static TheoryData<string> Repairs =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "src", "TorchRepairs"), "*.cs").Select(path => Path.GetFileName(path)!)
            .Except(Helpers, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => $"TorchRepairs/{name}"),
        .. Elsewhere,
    ];

    [Theory]
    [MemberData(nameof(Repairs))]
    public void A_repair_names_its_gap_its_test_and_its_condition_of_removal(string file)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "src", file));
        Assert.Matches(@"Gap: .*(\w+/\w+#\d+|not reported upstream)", text.ReplaceLineEndings(" "));
        Assert.Contains("Remove it once", text, StringComparison.Ordinal);
        string test = ShownBy().Match(text).Groups[1].Value;
        Assert.True(test.Length > 0, $"{file} does not say 'Shown by: ...Tests'.");
        Assert.Single(Directory.GetFiles(Path.Combine(Repository.Root, "tests"), test + ".cs", SearchOption.AllDirectories));
    }

    [GeneratedRegex(@"Shown by: (\w+Tests)\b")]
    private static partial Regex ShownBy();
}
