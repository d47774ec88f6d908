using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Models;

namespace HiEndMae.Runs.Tracking;

/// <summary>A fine-tuned model in MLflow's format: the parts of a run directory that prediction needs, and Python code that loads it as a <c>pyfunc</c> model.</summary>
/// <remarks>
/// The model has no fingerprint.txt, so that reports do not mistake a copy of a model for a run.
/// The files of the checkpoint are referenced in place. Only small files are written, to <c>finetune-START/model</c>. <c>predict</c> and <c>finetune.init</c>
/// accept the model's folder like a run directory.
/// </remarks>
internal static class ModelPackaging
{
    /// <summary>Name of the model among the outputs of its run.</summary>
    public const string ModelName = "model";

    private const string Code = "hiendmae_model";

    /// <summary>Describes the model of a stage.</summary>
    /// <param name="directory">The run directory, which has model.json.</param>
    /// <param name="config">The experiment.</param>
    /// <param name="stage">The fine-tuning.</param>
    /// <param name="checkpoint">Folder of the checkpoint.</param>
    /// <param name="registerAs">Name of the registered model that gets a version; null for none.</param>
    public static ModelPackage Package(RunDirectory directory, ExperimentConfig config, Stage stage, string checkpoint, string? registerAs)
    {
        ModelCard card = ModelCard.Read(directory.FullPath);
        string name = Path.GetFileName(checkpoint), weights = $"{stage.Name}/{Stage.CheckpointFolderName}/{name}";
        var files = new List<ModelFile>
        {
            new(directory.File("experiment.toml"), LoggedModelFolder.Data),
            new(directory.File(ModelCard.FileName), LoggedModelFolder.Data),
        };
        // Users of a model do not need the state of its training.
        files.AddRange(PublishedCheckpoint.Files.Select(file => new ModelFile(Path.Combine(checkpoint, file), $"{LoggedModelFolder.Data}/{weights}")));
        Add(PublishedCheckpoint.SumsFile, $"{LoggedModelFolder.Data}/{weights}", PublishedCheckpoint.Sums(checkpoint));
        JsonObject? unetr = MonaiUnetr(config, card);
        Add("pyfunc.json", LoggedModelFolder.Data, Settings(config, card, stage, $"{weights}/{PublishedCheckpoint.Files[0]}", unetr).ToJsonString(JsonOptions.Indented));
        Add($"{Code}.py", "code", ReadCode());
        // MONAI's vision transformer needs einops, which MONAI does not install by itself.
        string[] requirements = ["mlflow", "numpy", .. unetr is null ? (string[])[] : ["torch", "monai", "einops"]];
        Add("requirements.txt", "", string.Concat(requirements.Select(one => one + "\n")));
        Add("python_env.yaml", "", "python: \"3.10\"\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n");
        Add("conda.yaml", "", $"name: hiendmae\nchannels:\n- conda-forge\ndependencies:\n- python=3.10\n- pip\n- pip:\n{string.Concat(requirements.Select(one => $"  - {one}\n"))}");
        long step = name.StartsWith("step-", StringComparison.Ordinal) && long.TryParse(name["step-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
        return new ModelPackage(ModelName, files, Describe(directory, card, stage, unetr is not null), step, registerAs);

        void Add(string file, string folder, string text)
        {
            string path = $"{stage.Name}/{ModelName}/{file}";
            directory.Write(path, text);
            files.Add(new ModelFile(directory.File(path), folder));
        }
    }

    private static JsonObject Settings(ExperimentConfig config, ModelCard card, Stage stage, string weights, JsonObject? unetr)
    {
        DataConfig data = config.Finetune!.Data;
        EvaluateConfig evaluate = config.Evaluate ?? new EvaluateConfig();
        return new JsonObject
        {
            ["start"] = stage.Start,
            ["weights"] = weights,
            ["channels"] = new JsonArray([.. card.Channels.Select(one => (JsonNode)one)]),
            ["labels"] = new JsonArray([.. card.Labels.Select(one => (JsonNode)one)]),
            ["values"] = new JsonArray([.. card.Values.Select(one => (JsonNode)one)]),
            ["crop"] = new JsonArray(data.Crop.X, data.Crop.Y, data.Crop.Z),
            ["spacing_mm"] = new JsonArray(data.SpacingMm.X, data.SpacingMm.Y, data.SpacingMm.Z),
            ["window"] = new JsonArray([.. data.Window.Select(one => (JsonNode)one)]),
            ["percentiles"] = data.Intensity.Kind == IntensityKind.Percentiles ? new JsonArray(data.Intensity.Lower, data.Intensity.Upper) : null,
            ["overlap"] = evaluate.Overlap,
            ["weighting"] = evaluate.Weighting.ToString().ToLowerInvariant(),
            ["window_batch"] = evaluate.WindowBatch,
            ["flips"] = new JsonArray([.. evaluate.Flips.Select(axis => (JsonNode)(2 + (int)axis))]),
            ["unetr"] = unetr,
        };
    }

    // MONAI's UNETR has twelve blocks, patches of 16 voxels and skips from blocks 3, 6 and 9; nothing else fits into it. The Python code scales by a window or by percentiles, and takes the largest of exclusive classes.
    private static JsonObject? MonaiUnetr(ExperimentConfig config, ModelCard card)
    {
        ConfigTable encoder = config.Encoder.ToTable(), head = config.Finetune!.Head.ToTable();
        bool fits = card.Regions.Count == 0 && config.Finetune.Data.Intensity.Kind is IntensityKind.Window or IntensityKind.Percentiles
            && config.Encoder.Plugin == "vit3d" && config.Finetune.Head.Plugin == "unetr"
            && Text(encoder, "depth") == "12" && Text(encoder, "patch_size") == "16" && Text(head, "skip_blocks") == "[3, 6, 9]" && Text(head, "norm") == "instance";
        return !fits ? null : new JsonObject
        {
            ["embed_dim"] = JsonNode.Parse(Text(encoder, "embed_dim")),
            ["num_heads"] = JsonNode.Parse(Text(encoder, "num_heads")),
            ["mlp_ratio"] = JsonNode.Parse(Text(encoder, "mlp_ratio")),
            ["norm_eps"] = double.Parse(Text(encoder, "norm_eps"), CultureInfo.InvariantCulture),
            ["feature_size"] = JsonNode.Parse(Text(head, "feature_size")),
            ["residual_blocks"] = JsonNode.Parse(Text(head, "residual_blocks")),
        };
    }

    private static string Text(ConfigTable table, string key) => TomlText.Flatten(table).FirstOrDefault(entry => entry.Key == key).Value ?? "";

    private static JsonObject Describe(RunDirectory directory, ModelCard card, Stage stage, bool isMonai)
    {
        var flavors = new JsonObject
        {
            ["python_function"] = new JsonObject
            {
                ["code"] = "code",
                ["data"] = LoggedModelFolder.Data,
                ["env"] = new JsonObject { ["conda"] = "conda.yaml", ["virtualenv"] = "python_env.yaml" },
                ["loader_module"] = Code,
                ["python_version"] = "3.10",
            },
            ["hiendmae"] = new JsonObject { ["data"] = LoggedModelFolder.Data, ["start"] = stage.Start, ["version"] = typeof(ModelPackaging).Assembly.GetName().Version?.ToString(3), ["monai_unetr"] = isMonai },
        };
        return new JsonObject
        {
            ["flavors"] = flavors,
            ["metadata"] = new JsonObject
            {
                ["channels"] = string.Join(", ", card.Channels),
                ["labels"] = string.Join(", ", card.Labels),
                ["run_directory"] = directory.RunId,
            },
            ["signature"] = new JsonObject
            {
                ["inputs"] = Tensors("image", "float32", -1, card.Channels.Count, -1, -1, -1),
                ["outputs"] = Tensors(null, "int64", -1, -1, -1, -1),
                ["params"] = null,
            },
            ["utc_time_created"] = File.GetLastWriteTimeUtc(directory.File(ModelCard.FileName)).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        };
    }

    // MLflow keeps the parts of a signature as JSON texts.
    private static string Tensors(string? name, string type, params int[] shape)
    {
        var tensor = new JsonObject { ["type"] = "tensor", ["tensor-spec"] = new JsonObject { ["dtype"] = type, ["shape"] = new JsonArray([.. shape.Select(one => (JsonNode)one)]) } };
        if (name is not null) tensor["name"] = name;
        return new JsonArray(tensor).ToJsonString();
    }

    private static string ReadCode()
    {
        using Stream resource = typeof(ModelPackaging).Assembly.GetManifestResourceStream($"{Code}.py")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
