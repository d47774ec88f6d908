using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Tests.Reports;
using HiEndMae.Imaging;

namespace HiEndMae.Host.Tests;

/// <summary>Encoders of a run, analysed from the command line.</summary>
public sealed partial class AnalyzeTests(EvaluateTests.TinyRun run) : IClassFixture<EvaluateTests.TinyRun>
{
    // Clicks the lower right corner of the axial slice, and moves both sliders to their ends.
    private const string Reader = """
        <script>
        const root = document.querySelector(".attention"), canvas = root.querySelector("canvas"), before = root.dataset.query;
        const box = canvas.getBoundingClientRect();
        canvas.dispatchEvent(new MouseEvent("click", { clientX: box.right - 2, clientY: box.bottom - 2, bubbles: true }));
        const clicked = root.dataset.query, first = root.dataset.layer;
        for (const name of ["layer", "head"]) { const slider = root.querySelector(`[data-part=${name}]`); slider.value = slider.max; slider.dispatchEvent(new Event("input")); }
        document.body.dataset.reader = [before, clicked, first, root.dataset.layer, root.dataset.map, root.querySelector("output").textContent.includes("mm")].join("|");
        </script>
        """;

    private const string Pyramid = """
        name = "pyramid"
        device = "cpu"

        [encoder]
        plugin = "unet3d"
        widths = [4, 8, 8]

        [finetune]
        init = ["scratch"]
        steps = 1

        [finetune.head]
        plugin = "unet"

        [finetune.data]
        plugin = "phantom"
        seed = 5
        grid = 24
        voxel_mm = 12.0
        spacing_mm = 12.0
        num_test = 1
        crop = 16
        crops_per_volume = 1
        """;

    private static readonly (string What, string Missing)[] Missing =
    [
        ("rank", "attention over the whole crop to analyse"),
        ("distance", "attention over the whole crop to analyse"),
        ("preference", "attention over the whole crop to analyse"),
        ("maps --query 0,0,0", "attention over the whole crop to analyse"),
        ("cka --mask-ratio 0.5", "patch tokens to hide"),
        ("reconstruct", "patch tokens to hide"),
        ("probe", "patch tokens to probe"),
    ];

    [Fact]
    public async Task Layers_of_two_encoders_are_measured_on_the_same_crops_with_their_definitions()
    {
        using var host = new HostFixture();
        string output = Path.Combine(host.Folder, "analysis");
        int code = await host.RunAsync(
            "analyze", $"masked={run.Folder}", $"tuned={run.Folder}/finetune-scratch", "--what", "rank,distance,cka,preference", "--ranks", "all", "--crops", "2", "--linear-cka", "--out", output);
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("effective rank", host.Output);
        JsonNode found = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(output, "analysis.json"), TestContext.Current.CancellationToken))!["representations"]!;
        JsonArray models = found["models"]!.AsArray();
        Assert.Equal(["masked", "tuned", "untrained, seed 0"], models.Select(model => (string?)model!["label"]));
        Assert.Equal([true, false, true], models.Select(model => (bool)model!["class_token"]!));
        Assert.Equal(64, ((string?)models[0]!["sha256"])!.Length);
        Assert.Equal(10, models[0]!["layers"]!.AsArray().Count);
        JsonNode measures = models[0]!["layers"]![3]!["measures"]!;
        // Two crops of 8 patches; ranks lie between 1 and 8, heads have 12 columns.
        foreach (string rank in (string[])["effective_rank", "effective_rank_centred", "effective_rank_attended", "effective_rank_matrix_information"]) Assert.InRange((double)measures[rank]!["mean"]!, 1, 8);
        Assert.Equal(2, measures["effective_rank_per_head"]!["by_head"]!.AsArray().Count);
        Assert.Equal(2, measures["effective_rank"]!["values"]!.AsArray().Count);
        Assert.InRange((double)measures["attention_entropy"]!["mean"]!, 0, Math.Log(9));
        Assert.Equal((double)measures["attention_distance_voxels"]!["mean"]! * 12, (double)measures["attention_distance"]!["mean"]!, 1e-3);
        Assert.Contains("sigma", (string?)found["definitions"]!["effective_rank"]!["definition"]);
        Assert.Equal(1, (double)models[0]!["cka"]![4]![4]!, 1e-6);
        Assert.Equal(10, models[1]!["cka_with_first"]!.AsArray().Count);
        Assert.Contains(found["differences"]!.AsArray(), one => (string?)one!["model"] == "tuned" && (string?)one["minus"] == "masked" && (string?)one["measure"] == "effective_rank");
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(output, "layers.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("model,layer,measure,unit,mean,ci95_low,ci95_high,q1,median,q3,cases", lines[0]);
        // 3 models, 10 layers, 2 crops, 8 singular values of 8 bytes.
        Assert.Equal(3 * 10 * 2 * 8 * 8, new FileInfo(Path.Combine(output, "singular-values.npy")).Length - 128);
        foreach (string figure in (string[])["effective-rank", "singular-values", "attention-distance", "cka-masked", "cka-tuned-with-masked"])
            Assert.StartsWith("<svg xmlns=", await File.ReadAllTextAsync(Path.Combine(output, "figures", figure + ".svg"), TestContext.Current.CancellationToken));
        string page = await File.ReadAllTextAsync(Path.Combine(output, "analysis.html"), TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("(src|href)=\"(https?:|//)", page);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("report", output, "--format", "csv", "--out", Path.Combine(host.Folder, "again.csv")));
        Assert.Equal(lines.Length, (await File.ReadAllLinesAsync(Path.Combine(host.Folder, "again.csv"), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task The_same_call_gives_the_same_numbers()
    {
        using var host = new HostFixture();
        foreach (string name in (string[])["a", "b"])
            Assert.Equal(ExitCodes.Done, await host.RunAsync("analyze", run.Folder, "--mask-ratio", "0.5", "--out", Path.Combine(host.Folder, name)));
        foreach (string file in (string[])["analysis.json", "layers.csv", "crops.csv", "cka.csv"])
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(host.Folder, "a", file), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(Path.Combine(host.Folder, "b", file), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Attention_is_mapped_from_organs_and_places_onto_the_scan_s_grid()
    {
        using var host = new HostFixture();
        string output = Path.Combine(host.Folder, "maps");
        int code = await host.RunAsync("analyze", $"masked={run.Folder}", $"tuned={run.Folder}/finetune-scratch", "--what", "maps", "--organ", "liver", "--query", "voxel:12,11,10", "--out", output);
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, code);
        JsonArray queries = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(output, "analysis.json"), TestContext.Current.CancellationToken))!["maps"]!["queries"]!.AsArray();
        Assert.Equal(2, queries.Count);
        JsonNode liver = queries.Single(query => (string?)query!["query"] == "liver")!;
        Assert.Equal("liver", (string?)liver["organ"]);
        Assert.Equal([3, 6, 9], liver["models"]![0]!["layers"]!.AsArray().Select(layer => (int)layer!["layer"]!)); // the last block is one of them
        Assert.True((double)liver["models"]![0]!["layers"]![0]!["preference"]! > 0);
        string folder = Path.Combine(output, (string)liver["folder"]!);
        Volume<float> map = NiftiReader.ReadImage(Path.Combine(folder, "masked-layer3.nii.gz"), TestContext.Current.CancellationToken);
        Assert.Equal(Size3.Cube(24), map.Size);
        float most = map.Voxels.Max();
        // Voxels lie beside the centres of patches, so interpolation stays below the largest weight.
        double largest = (double)liver["models"]![0]!["layers"]![0]!["maximum"]!;
        Assert.InRange(most, largest / 3, largest);
        foreach (string picture in (string[])["masked-planes", "masked-heads", "masked-projections", "models"]) Assert.True(new FileInfo(Path.Combine(folder, picture + ".png")).Length > 1000, picture);
    }

    [Fact]
    public async Task A_click_chooses_the_query_and_sliders_choose_layer_and_head()
    {
        Assert.SkipWhen(Browser.Path is null, "No Chromium on this machine: install chromium, or name it in CHROMIUM.");
        using var host = new HostFixture();
        string output = Path.Combine(host.Folder, "maps");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("analyze", run.Folder, "--what", "maps", "--query", "voxel:12,12,12", "--out", output));
        string page = await File.ReadAllTextAsync(Path.Combine(output, "analysis.html"), TestContext.Current.CancellationToken);
        string copy = host.Write("read.html", page.Replace("</body>", Reader + "</body>", StringComparison.Ordinal));
        (string document, string console) = await Browser.OpenAsync(copy, Path.Combine(host.Folder, "profile"), TestContext.Current.CancellationToken);
        Assert.Equal("", console);
        string[] read = Verdict().Match(document).Groups[1].Value.Split('|');
        // Right of the picture is the patient's left, its lower end posterior: x and y of the patch are 0, z stays.
        int before = int.Parse(read[0], null);
        Assert.Equal(before % 2, int.Parse(read[1], null));
        Assert.Equal("layer 3 (4th)", read[2]);
        Assert.Equal("layer 9 (10th)", read[3]);
        Assert.Equal("2", read[4]);
        Assert.Equal("true", read[5]);
    }

    [Theory]
    [InlineData("--what|maps|--query|9999,0,0|--out|x", "is outside case", ExitCodes.BadUsage)]
    [InlineData("--what|maps|--query|voxel:0,0,24|--out|x", "its file has 24x24x24 voxels", ExitCodes.BadUsage)]
    [InlineData("--what|maps|--organ|horn|--out|x", "has no such class", ExitCodes.BadUsage)]
    [InlineData("--what|maps|--organ|liver|--case|nobody|--out|x", "do not include it", ExitCodes.BadUsage)]
    [InlineData("--what|maps|--out|x", "needs at least one --query or --organ", ExitCodes.BadUsage)]
    [InlineData("--what|maps|--query|here|--out|x", "is not a position", ExitCodes.BadUsage)]
    [InlineData("--query|1,2,3", "no effect without --what maps", ExitCodes.BadUsage)]
    [InlineData("--what|aura", "--what: unknown analysis 'aura'", ExitCodes.BadUsage)]
    [InlineData("--ranks|some", "--ranks allows", ExitCodes.BadUsage)]
    [InlineData("--mask-ratio|1", "--mask-ratio must be", ExitCodes.BadUsage)]
    [InlineData("--what|probe|--layers|77", "but the blocks of", ExitCodes.BadUsage)]
    [InlineData("--what|probe|--split|training", "must differ", ExitCodes.BadUsage)]
    [InlineData("--split|training|--what|preference|--cases|-1", "must not be below 0", ExitCodes.BadUsage)]
    public async Task Wrong_arguments_give_clear_errors(string arguments, string message, int expected)
    {
        using var host = new HostFixture();
        string[] given = [.. arguments.Split('|').Select(part => part == "x" ? Path.Combine(host.Folder, "x") : part)];
        Assert.Equal(expected, await host.RunAsync(["analyze", run.Folder, .. given]));
        Assert.Contains(message, host.Error + host.Output);
        Assert.False(File.Exists(Path.Combine(host.Folder, "x", "analysis.json")));
    }

    [Fact]
    public async Task Encoders_of_feature_maps_are_compared_by_layer_and_refused_where_attention_is_needed()
    {
        using var host = new HostFixture();
        string file = host.Write("pyramid.toml", Pyramid);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", Path.Combine(host.Folder, "runs")));
        string pyramid = Path.Combine(Directory.GetDirectories(Path.Combine(host.Folder, "runs", "pyramid")).Single(), "finetune-scratch");
        foreach ((string what, string missing) in Missing)
        {
            Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(["analyze", pyramid, "--out", Path.Combine(host.Folder, "x"), "--what", .. what.Split(' ')]));
            string message = host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
            Assert.Contains($"'unet3d' of 'pyramid finetune-scratch 1' returns a pyramid of feature maps. It has no {missing}; use --what cka (without --mask-ratio), segment or target.", message);
        }
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "x")));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("analyze", $"vit={run.Folder}", $"unet={pyramid}", "--what", "cka", "--untrained", "0", "--out", Path.Combine(host.Folder, "cka")));
        JsonArray models = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(host.Folder, "cka", "analysis.json"), TestContext.Current.CancellationToken))!["representations"]!["models"]!.AsArray();
        Assert.Equal(3, models[1]!["cka"]!.AsArray().Count);
        Assert.Equal(10, models[1]!["cka_with_first"]![0]!.AsArray().Count);
    }

    [Fact]
    public async Task Models_of_different_patches_are_refused_where_the_patch_changes_the_numbers()
    {
        using var host = new HostFixture();
        string file = host.Write("fine.toml", Samples.Tiny.Replace("name = \"tiny\"", "name = \"fine\"", StringComparison.Ordinal).Replace("patch_size = 8", "patch_size = 4", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", Path.Combine(host.Folder, "runs")));
        string fine = Directory.GetDirectories(Path.Combine(host.Folder, "runs", "fine")).Single(), output = Path.Combine(host.Folder, "x");
        foreach (string what in (string[])["rank", "distance", "rank,cka", "maps --query 0,0,0", "probe", "reconstruct", "cka --mask-ratio 0.5"])
        {
            Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(["analyze", $"coarse={run.Folder}", $"fine={fine}", "--out", output, "--what", .. what.Split(' ')]));
            Assert.Contains("'fine' has patches of 4x4x4, 'coarse' patches of 8x8x8, so their numbers cannot be compared. Analyse them in two calls.", host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        }
        Assert.False(Directory.Exists(output));
        // Whole crops are compared on the coarser grid.
        Assert.Equal(ExitCodes.Done, await host.RunAsync("analyze", $"coarse={run.Folder}", $"fine={fine}", "--what", "cka", "--untrained", "0", "--out", output));
        Assert.True(File.Exists(Path.Combine(output, "cka.csv")));
    }

    [Fact]
    public async Task A_checkpoint_without_an_encoder_is_named()
    {
        using var host = new HostFixture();
        string checkpoint = Path.Combine(run.Folder, "finetune-scratch", "checkpoints", "step-00000002"), copy = Path.Combine(host.Folder, "tiny", "headless");
        string folder = Path.Combine(copy, "finetune-scratch", "checkpoints", "step-00000002");
        Directory.CreateDirectory(folder);
        foreach (string name in (string[])["experiment.toml", "fingerprint.txt"]) File.Copy(Path.Combine(run.Folder, name), Path.Combine(copy, name));
        foreach (string file in Directory.GetFiles(checkpoint)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        // A file of weights that holds one number of a head, and nothing of an encoder.
        byte[] header = Encoding.UTF8.GetBytes("""{"head.scale":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"""), weights = [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 128, 63];
        await File.WriteAllBytesAsync(Path.Combine(folder, "weights.safetensors"), weights, TestContext.Current.CancellationToken);
        string list = Path.Combine(folder, "checksums.json");
        JsonNode sums = JsonNode.Parse(await File.ReadAllTextAsync(list, TestContext.Current.CancellationToken))!;
        sums["weights.safetensors"] = Convert.ToHexStringLower(SHA256.HashData(weights));
        await File.WriteAllTextAsync(list, sums.ToJsonString(), TestContext.Current.CancellationToken);
        foreach (string what in (string[])["rank", "cka", "maps --query voxel:12,12,12", "probe"])
        {
            Assert.Equal(ExitCodes.BadData, await host.RunAsync(["analyze", folder, "--out", Path.Combine(host.Folder, "x"), "--what", .. what.Split(' ')]));
            Assert.Contains($"'{folder}' has no encoder: no tensor's name begins with 'encoder.'.", host.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        }
        Assert.False(Directory.Exists(Path.Combine(host.Folder, "x")));
    }

    [Fact]
    public async Task Reconstructions_and_segmentations_are_compared()
    {
        using var host = new HostFixture();
        string rebuilt = Path.Combine(host.Folder, "rebuilt"), compared = Path.Combine(host.Folder, "compared");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("analyze", run.Folder, "--what", "reconstruct", "--ratios", "0.5,0.75", "--pictures", "1", "--out", rebuilt));
        JsonNode errors = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(rebuilt, "analysis.json"), TestContext.Current.CancellationToken))!["reconstructions"]!["errors"]!;
        Assert.Equal([0.5, 0.75], errors.AsArray().Select(error => (double)error!["mask_ratio"]!));
        Assert.All(errors.AsArray(), error => Assert.True((double)error!["mse"]! > 0));
        Assert.Single(Directory.GetFiles(Path.Combine(rebuilt, "figures"), "reconstruction-*.png"));
        int code = await host.RunAsync("analyze", $"scratch={run.Folder}/finetune-scratch", $"pretrained={run.Folder}/finetune-pretrain", "--what", "segment,target", "--out", compared);
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, code);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(compared, "targets.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("case,organ,volume_ml,elongation,surface_mm2,dice scratch,dice pretrained", lines[0]);
        Assert.InRange(lines.Length, 2, 11);
        JsonNode targets = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(compared, "analysis.json"), TestContext.Current.CancellationToken))!["targets"]!;
        Assert.Contains(targets["groups"]!.AsArray(), group => (string?)group!["by"] == "volume_ml" && (string?)group["model"] == "pretrained" && group["minus_first"] is not null);
        Assert.Single(Directory.GetFiles(Path.Combine(compared, "figures"), "segmentation-*.png"));
        Assert.DoesNotContain("var(", await File.ReadAllTextAsync(Path.Combine(compared, "figures", "dice-by-elongation.svg"), TestContext.Current.CancellationToken));
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("analyze", $"{run.Folder}/finetune-scratch", "--what", "reconstruct", "--out", rebuilt));
        Assert.Contains("has no decoder", host.Error);
    }

    [Fact]
    public async Task Frozen_tokens_are_probed()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("analyze", run.Folder, "--what", "probe", "--json"));
        JsonNode probe = JsonNode.Parse(host.Output)!["probe"]!;
        Assert.Contains("positions alone", probe["models"]!.AsArray().Select(model => (string?)model!["label"]));
    }

    [GeneratedRegex("data-reader=\"([^\"]*)\"")]
    private static partial Regex Verdict();
}
