using HiEndMae.Engine.Weights.Formats;
using HiEndMae.Engine.Weights.Naming;

namespace HiEndMae.Engine.Weights;

/// <summary>Names of weights in other programs, by format.</summary>
public static class WeightNames
{
    /// <summary>This program's own: <c>encoder.*</c>, <c>decoder.*</c>, <c>head.*</c>.</summary>
    public const string Own = FormatNames.Own;

    /// <summary>The official pre-training code's.</summary>
    public const string Official = FormatNames.Official;

    /// <summary>MONAI's UNETR's.</summary>
    public const string Monai = FormatNames.Monai;

    /// <summary>Every format, in the order in which they are recognised.</summary>
    public static IReadOnlyList<WeightFormat> Formats { get; } =
    [
        HiEndMaeNames.Monai, HiEndMaeNames.Official, SwinNames.SwinUnetr, SwinNames.Voco, SwinNames.Sup, UnetNames.TransVw, UnetNames.Prlv2, UnetNames.Genesis, UnetNames.Gvsl,
        MedNextNames.Official, MedNextNames.Spark, MedNextNames.HySpark, MitNames.UniMiss, Vox2VecNames.Vox2Vec, HiEndMaeNames.Own,
    ];

    /// <summary>Names of the formats that are written, this program's first.</summary>
    public static IReadOnlyList<string> Written { get; } = [Own, .. Formats.Where(format => format.To is not null && format.Name != Own).Select(format => format.Name)];

    /// <summary>Which program's names these are.</summary>
    public static string Detect(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return Formats.First(format => format.Matches(all)).Name;
    }

    /// <summary>A format by its name.</summary>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static WeightFormat Of(string format) => Formats.FirstOrDefault(one => one.Name == format) ?? throw new ArgumentException($"There is no format of weights '{format}'.", nameof(format));

    /// <summary>The rules from a program's names to this one's.</summary>
    public static IReadOnlyList<WeightRule> From(string format) => Of(format).From;

    /// <summary>The rules from this program's names to another's.</summary>
    /// <exception cref="ArgumentException">Nothing is written in this format.</exception>
    public static IReadOnlyList<WeightRule> To(string format) => Of(format).To ?? throw new ArgumentException($"Files cannot be written with the names '{format}'; allowed: {string.Join(", ", Written)}.", nameof(format));

    /// <summary>Returns the first rule for a name, and the new name; null if no rule matches.</summary>
    /// <param name="rules">Rules of a format.</param>
    /// <param name="name">In the source.</param>
    /// <param name="has">Returns whether the model has a tensor. If several rules match, the first rule whose target exists is used.</param>
    public static (WeightRule Rule, string? Target)? Apply(IReadOnlyList<WeightRule> rules, string name, Func<string, bool>? has = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        (WeightRule, string?)? first = null;
        foreach (WeightRule rule in rules)
        {
            if (!rule.Matches(name, out string? target)) continue;
            if (has is null || target is null || has(target)) return first is not null && target is null ? first : (rule, target);
            first ??= (rule, target);
        }
        return first;
    }
}
