using System.CommandLine;
using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Analysis;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae analyze RUN|CHECKPOINT...</c>: what encoders have learned.</summary>
internal static class AnalyzeCommand
{
    private const string Splits = "training, validation or test.";
    private static readonly string[] Analyses = ["rank", "distance", "cka", "preference", "maps", "probe", "reconstruct", "segment", "target"];

    public static Command Create(HostEnvironment environment)
    {
        var models = new Argument<string[]>("MODEL") { Description = "Run directory (its pre-training), a stage's folder in it, or a checkpoint; LABEL=PATH names it in tables.", Arity = ArgumentArity.OneOrMore };
        var what = new Option<string>("--what")
        {
            Description = "Analyses, separated by commas. rank: effective rank and singular values of the attention values. distance: attention distance, entropy and diversity of heads. cka: similarity of layers. "
                + "preference: share of attention on each organ. maps: attention maps of --query and --organ. probe: how well frozen tokens tell the organs in their patches. reconstruct: crops rebuilt at several mask ratios. segment: predictions of fine-tuned models side by side. "
                + "target: Dice by organ, and by its volume, elongation and surface.",
            HelpName = "LIST",
            DefaultValueFactory = _ => "rank,distance,cka",
        };
        var split = new Option<string>("--split") { Description = "Split of the cases to analyse, and to score a probe on: " + Splits, DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("training", "validation", "test");
        var cases = new Option<int>("--cases") { Description = "Number of cases to analyse, from the start of the split; 0 for all. Probes are scored on all cases.", HelpName = "N" };
        var crops = new Option<int>("--crops") { Description = "Number of crops per case. They are around labelled voxels if the cases have labels.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var seed = new Option<int>("--seed") { Description = "Seed of crops, masks and intervals.", HelpName = "N" };
        var layers = new Option<string>("--layers") { Description = "Encoder blocks for maps and probes, counted from zero. Maps add the last block, probes the tokens after the final norm.", HelpName = "LIST", DefaultValueFactory = _ => "3,6,9" };
        var untrained = new Option<int>("--untrained") { Description = "Number of untrained encoders to compare with, each with another seed.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var ranks = new Option<string>("--ranks")
        {
            Description = "Definitions of effective ranks: all-heads (the primary one), centred, per-head, squared, with-class-token, matrix-information, attended; or all.", HelpName = "LIST", DefaultValueFactory = _ => "all-heads,centred,per-head,squared",
        };
        var maskRatio = new Option<double>("--mask-ratio") { Description = "Fraction of the patches that are hidden from the encoder, for rank, distance, cka and preference.", HelpName = "RATIO" };
        var linear = new Option<bool>("--linear-cka") { Description = "Also compute linear CKA over all tokens. It takes one product of width x width for every pair of layers." };
        var query = new Option<string[]>("--query") { Description = "Place for a query of the attention maps: X,Y,Z in mm (right, anterior, superior), or voxel:I,J,K of the scan's file; may be repeated.", HelpName = "PLACE", AllowMultipleArgumentsPerToken = false };
        var organ = new Option<string[]>("--organ") { Description = "Class for a query of the attention maps: the query is the patch with the most voxels of the class; may be repeated.", HelpName = "NAME", AllowMultipleArgumentsPerToken = false };
        var mapCase = new Option<string[]>("--case") { Description = "Case of the maps; may be repeated. Default: the first case, or the first case that contains the organ.", HelpName = "ID", AllowMultipleArgumentsPerToken = false };
        var scale = new Option<string>("--map-scale") { Description = "Scale of maps in pictures: each (from the minimum to the maximum of each map) or row (one scale for the maps of a row).", DefaultValueFactory = _ => "each" };
        scale.AcceptOnlyFromAmong("each", "row");
        var ratios = new Option<string>("--ratios") { Description = "Mask ratios of reconstructions.", HelpName = "LIST", DefaultValueFactory = _ => "0.5,0.75,0.9" };
        var pictures = new Option<int>("--pictures") { Description = "Number of cases to reconstruct, or to draw with their segmentations.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var fit = new Option<string>("--fit-split") { Description = "Split of the labelled cases to fit a probe on: " + Splits, DefaultValueFactory = _ => "training" };
        fit.AcceptOnlyFromAmong("training", "validation", "test");
        var fitCases = new Option<int>("--fit-cases") { Description = "Number of cases to fit a probe on, from the start of the split; 0 for all.", HelpName = "N" };
        var output = new Option<string?>("--out") { Description = "Folder for analysis.json, analysis.html, CSV, figures and maps; without it, nothing is written.", HelpName = "DIR" };
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("analyze", "What encoders have learned: numbers by layer, attention maps and frozen probes, several checkpoints on the same crops.")
        {
            models, what, split, cases, crops, seed, layers, untrained, ranks, maskRatio, linear, query, organ, mapCase, scale, ratios, pictures, fit, fitCases, output, device, json,
        };
        command.Validators.Add(result =>
        {
            // Defaults are not filled in yet.
            string[] asked = Parts(result.GetValue(what) ?? "rank,distance,cka");
            if (asked.Except(Analyses).FirstOrDefault() is { } unknown) result.AddError($"--what: unknown analysis '{unknown}'; allowed: {string.Join(", ", Analyses)}.");
            if (asked.Length == 0) result.AddError($"--what must name an analysis: {string.Join(", ", Analyses)}.");
            if (result.GetResult(crops) is { Implicit: false } && result.GetValue(crops) < 1) result.AddError("--crops must be at least 1.");
            if (result.GetValue(cases) < 0 || result.GetValue(fitCases) < 0 || result.GetValue(untrained) < 0) result.AddError("--cases, --fit-cases and --untrained must not be below 0.");
            if (result.GetValue(maskRatio) is < 0 or >= 1) result.AddError("--mask-ratio must be at least 0 and below 1.");
            if (asked.Contains("probe") && (result.GetValue(fit) ?? "training") == (result.GetValue(split) ?? "test")) result.AddError("--fit-split and --split must differ: a probe is scored on cases that it was not fitted on.");
            if (result.GetValue(layers) is { } list && Blocks(list) is null) result.AddError("--layers must list block numbers, such as 3,6,9.");
            if (result.GetValue(ranks) is { } definitions && Ranks(definitions) is null) result.AddError($"--ranks allows: {string.Join(", ", Enum.GetValues<RankDefinition>().Select(KeyOf))}, and all.");
            if (result.GetValue(ratios) is { } hidden && Ratios(hidden) is null) result.AddError("--ratios must list mask ratios of at least 0 and below 1, such as 0.5,0.75,0.9.");
            if (result.GetResult(pictures) is { Implicit: false } && result.GetValue(pictures) < 1) result.AddError("--pictures must be at least 1.");
            if (asked.Contains("reconstruct") && result.GetValue(output) is null) result.AddError("--what reconstruct needs --out: reconstructions are pictures.");
            string[] places = result.GetValue(query) ?? [], organs = result.GetValue(organ) ?? [];
            foreach (string place in places.Where(place => QueryPlace.Parse(place) is null)) result.AddError($"--query '{place}' is not a position; give X,Y,Z in mm, such as 12.5,-40,88, or voxel:I,J,K.");
            bool maps = asked.Contains("maps");
            if (maps && places.Length + organs.Length == 0) result.AddError("--what maps needs at least one --query or --organ.");
            if (maps && result.GetValue(output) is null) result.AddError("--what maps needs --out: maps are files.");
            if (!maps && places.Length + organs.Length + (result.GetValue(mapCase) ?? []).Length > 0) result.AddError("--query, --organ and --case have no effect without --what maps.");
        });
        command.SetAction((parsed, cancel) =>
        {
            string[] asked = Parts(parsed.GetValue(what)!);
            DatasetSplit analysed = SplitOf(parsed.GetValue(split)!);
            int[] blocks = Blocks(parsed.GetValue(layers)!)!;
            int drawn = parsed.GetValue(seed), perCase = parsed.GetValue(crops), seeds = parsed.GetValue(untrained);
            var options = new MeasurementOptions
            {
                Ranks = asked.Contains("rank") ? Ranks(parsed.GetValue(ranks)!)! : [],
                Attention = asked.Contains("distance"),
                Preference = asked.Contains("preference"),
                Cka = asked.Contains("cka"),
                LinearCka = asked.Contains("cka") && parsed.GetValue(linear),
                MaskRatio = parsed.GetValue(maskRatio),
                Seed = drawn,
            };
            var request = new AnalysisRequest(parsed.GetValue(models)!, drawn, parsed.GetValue(output))
            {
                Layers = options.NeedsTrace || options.Cka ? new RepresentationRequest(analysed, parsed.GetValue(cases), perCase, drawn, seeds, options) : null,
                Maps = asked.Contains("maps")
                    ? new MapRequest(analysed, parsed.GetValue(mapCase) ?? [], [.. (parsed.GetValue(query) ?? []).Select(place => QueryPlace.Parse(place)!)], parsed.GetValue(organ) ?? [], blocks)
                    : null,
                MapsShareScale = parsed.GetValue(scale) == "row",
                Probe = asked.Contains("probe") ? new ProbeRequest(SplitOf(parsed.GetValue(fit)!), parsed.GetValue(fitCases), analysed, blocks, perCase, drawn, seeds) : null,
            };
            request = request with
            {
                Reconstructions = asked.Contains("reconstruct") ? new ReconstructionRequest(analysed, parsed.GetValue(pictures), drawn, Ratios(parsed.GetValue(ratios)!)!) : null,
                Segmentations = asked.Contains("segment") || asked.Contains("target") ? new SegmentationRequest(analysed, parsed.GetValue(cases), asked.Contains("segment") ? parsed.GetValue(pictures) : 0, drawn) : null,
                Targets = asked.Contains("target"),
            };
            return Task.FromResult(new AnalyzeRun(environment, request, parsed.GetValue(json)).Run(parsed.GetValue(device), cancel));
        });
        return command;
    }

    private static DatasetSplit SplitOf(string name) => Enum.Parse<DatasetSplit>(name, ignoreCase: true);

    private static string[] Parts(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];

    private static int[]? Blocks(string list)
    {
        string[] parts = Parts(list);
        return parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture)).Distinct().Order()]
            : null;
    }

    private static double[]? Ratios(string list)
    {
        string[] parts = Parts(list);
        return parts.Length > 0 && parts.All(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double ratio) && ratio is >= 0 and < 1)
            ? [.. parts.Select(part => double.Parse(part, CultureInfo.InvariantCulture)).Order()]
            : null;
    }

    // The primary definition is always computed, because singular values are stored with it.
    private static RankDefinition[]? Ranks(string list)
    {
        string[] parts = Parts(list);
        RankDefinition[] all = Enum.GetValues<RankDefinition>();
        if (parts is ["all"]) return all;
        return parts.All(part => all.Any(one => KeyOf(one) == part)) ? [.. all.Where(one => one == RankDefinition.AllHeads || parts.Contains(KeyOf(one)))] : null;
    }

    // AllHeads is all-heads.
    private static string KeyOf(RankDefinition definition) =>
        string.Concat(definition.ToString().Select((letter, at) => char.IsUpper(letter) ? (at > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));
}
