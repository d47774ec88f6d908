using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Metrics;
using HiEndMae.Host.Output;
using HiEndMae.Reports.Analysis;
using HiEndMae.Reports.Figures;
using HiEndMae.Runs.Analysis;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Reporting;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary>Runs the analyses that a call asks for, writes their files and prints their tables.</summary>
/// <param name="environment">Console, clock, plugins.</param>
/// <param name="request">The call.</param>
/// <param name="json">Whether JSON is printed.</param>
internal sealed class AnalyzeRun(HostEnvironment environment, AnalysisRequest request, bool json)
{
    public int Run(string? deviceName, CancellationToken cancel)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        IReadOnlyList<AnalyzedModel> models = AnalyzedModels.Open(request.Models, environment.Runs, catalog);
        torch.Device device = DeviceChoice.Prepare(deviceName ?? models[0].Config.Device, environment.Runs.GetVariable);
        _ = Compute.Prepare(models[0].Config);
        var document = new JsonObject();
        RepresentationResult? measured = null;
        if (request.Layers is { } layers)
        {
            RepresentationResult result = Progress("layers", progress => new RepresentationAnalysis(Session(progress), progress).Run(layers, cancel));
            measured = result;
            document["representations"] = RepresentationJson.ToJson(result, layers);
            if (request.Out is { } folder) RepresentationFiles.Write(folder, result);
            if (!json) LayerTable.Print(environment.Console, result, layers.Seed);
        }
        if (request.Maps is { } maps)
        {
            (IReadOnlyList<MappedQuery> queries, IReadOnlyList<string> classes) = Progress("maps", progress =>
            {
                AnalysisSession session = Session(progress);
                return (new MapAnalysis(session, progress).Run(maps, cancel), session.Info.LabelNames);
            });
            document["maps"] = MapFiles.ToJson(queries, classes);
            foreach (MappedQuery query in queries)
            {
                string folder = Path.Combine(request.Out!, "maps", query.Folder);
                MapFiles.WriteNifti(folder, query, cancel);
                AttentionFigures.Write(folder, query, request.MapsShareScale);
                AttentionViewer.Write(folder, query);
            }
            if (!json) MapTable.Print(environment.Console, queries, classes);
        }
        if (request.Probe is { } probe)
        {
            (IReadOnlyList<ProbedModel> results, IReadOnlyList<string> classes) = Progress("probe", progress =>
            {
                AnalysisSession session = Session(progress);
                return (new ProbeAnalysis(session, progress).Run(probe, cancel), session.Info.LabelNames);
            });
            document["probe"] = ProbeJson.ToJson(results, probe, classes);
            if (!json) ProbeTable.Print(environment.Console, results, probe);
        }
        if (request.Reconstructions is { } reconstructions)
        {
            IReadOnlyList<RebuiltCrop> crops = Progress("reconstructions", progress => new ReconstructionAnalysis(Session(progress), progress).Run(reconstructions, cancel));
            string[] pictures = [.. crops.Select(crop => $"figures/reconstruction-{FileNames.Safe(crop.Case)}.png")];
            foreach ((RebuiltCrop crop, string picture) in crops.Zip(pictures)) ReconstructionFigure.Write(Path.Combine(request.Out!, picture), crop, [.. models.Select(model => model.Label)]);
            document["reconstructions"] = ReconstructionAnalysis.ToJson(crops, models, reconstructions, pictures);
        }
        if (request.Segmentations is { } segmentations)
        {
            SegmentedModels segmented = Progress("segmentations", progress => new SegmentationAnalysis(environment.Runs, device, progress, environment.Error.WriteLine).Run(models, segmentations, cancel));
            Segmented(segmented, segmentations.Seed, document);
        }
        if (request.Out is { } output)
        {
            Write(output, document);
            TrackedAnalysis.Track(Path.GetFullPath(output), models, measured, environment.Runs, message => environment.Error.WriteLine($"warning: {message}"));
        }
        if (json) environment.Output.WriteLine(document.ToJsonString(JsonOptions.Indented));
        else if (request.Out is { } written) environment.Output.WriteLine($"{Path.GetFullPath(Path.Combine(written, "analysis.html"))}");
        return ExitCodes.Done;

        AnalysisSession Session(IProgressDisplay progress) => new(catalog, models, device, request.Seed, progress, environment.Error.WriteLine, environment.Runs.Clock, cancel);
    }

    private void Segmented(SegmentedModels segmented, int seed, JsonObject document)
    {
        string[] labels = [.. segmented.Models.Select(model => model.Label)], pictures = [];
        if (request.Out is { } folder)
        {
            pictures = [.. segmented.Pictures.Select(picture => $"figures/segmentation-{FileNames.Safe(picture.Case)}.png")];
            for (int i = 0; i < pictures.Length; i++) SegmentationComparison.Write(Path.Combine(folder, pictures[i]), segmented, i);
        }
        if (pictures.Length > 0 || !request.Targets)
        {
            document["segmentations"] = new JsonObject
            {
                ["definition"] = "mean Dice over organs, without background",
                ["pictures"] = new JsonArray([.. pictures.Select(picture => (JsonNode)picture)]),
                ["models"] = new JsonArray([.. segmented.Models.Select(model => (JsonNode)new JsonObject
                {
                    ["label"] = model.Label,
                    ["about"] = model.About,
                    ["dice"] = new JsonObject([.. model.Result.Cases.Select(one => KeyValuePair.Create(one.Case, one.Mean(ScoreMetric.Dice, includeBackground: false) is { } dice ? RepresentationJson.Number(dice) : null))]),
                })]),
            };
        }
        if (!request.Targets) return;
        IReadOnlyList<TargetRow> rows = TargetAnalysis.Rows(segmented);
        var charts = new List<string>();
        if (request.Out is { } output)
        {
            TargetAnalysis.ToCsv(rows, labels).Write(Path.Combine(output, "targets.csv"));
            foreach ((string name, string svg) in TargetCharts.All(rows, labels))
            {
                charts.Add($"figures/{name}.svg");
                AtomicFile.WriteText(Path.Combine(output, charts[^1]), SvgFile.From(svg, labels));
            }
        }
        JsonObject targets = TargetAnalysis.ToJson(rows, labels, seed, charts);
        document["targets"] = targets;
        if (!json) TargetTable.Print(environment.Console, targets);
    }

    private void Write(string folder, JsonObject document)
    {
        AtomicFile.WriteText(Path.Combine(folder, AnalysisDocument.File), document.ToJsonString(JsonOptions.Indented));
        var read = new AnalysisDocument(document);
        if (read.Models.Count > 0) AtomicFile.WriteText(Path.Combine(folder, "layers.csv"), AnalysisCsv.Write(read));
        string[] models = [.. read.Models.Select(model => model.Label)];
        foreach ((string name, _, string svg) in AnalysisCharts.All(read))
        {
            // A matrix of similarities has no series.
            string[] series = name.StartsWith("cka", StringComparison.Ordinal) ? [] : models;
            AtomicFile.WriteText(Path.Combine(folder, "figures", name + ".svg"), SvgFile.From(svg, series));
        }
        AtomicFile.WriteText(Path.Combine(folder, "analysis.html"), new AnalysisPage(environment.Runs.Clock).Write(read, folder));
    }

    private T Progress<T>(string stage, Func<IProgressDisplay, T> work)
    {
        T? result = default;
        ConsoleProgress.Run(environment, json, stage, progress => result = work(progress));
        return result!;
    }
}
