using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Runs.Models;

/// <summary>Writes a fine-tuned model with everything that prediction needs into one zip file. The same model gives the same bytes.</summary>
internal static class BundleWriter
{
    private const string Experiment = "experiment.toml", Fingerprint = "fingerprint.txt", Results = "results.json", Natives = "runtimes";

    // Zip entries contain times. A fixed time makes bundles of the same model identical.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a bundle.</summary>
    /// <param name="opened">The run.</param>
    /// <param name="catalog">The plugins that are used.</param>
    /// <param name="start">Name of the fine-tuning's start.</param>
    /// <param name="checkpoint">Folder of the checkpoint.</param>
    /// <param name="file">The zip file.</param>
    /// <exception cref="UserException">A plugin is not the build that trained the model.</exception>
    public static void Write(FineTunedModels opened, PluginCatalog catalog, string start, string checkpoint, string file)
    {
        CodeIdentity code = CodeIdentity.Of(opened.Config, catalog);
        if (CodeIdentity.Read(opened.Path.Run) is { } trained && code.ChangesSince(trained) is { Count: > 0 } changes)
            throw new UserException($"The run '{opened.Path.Run}' was computed by other code than the installed one: {string.Join("; ", changes)}. Install the builds that computed it.");
        var files = new SortedDictionary<string, Func<Stream>>(StringComparer.Ordinal);
        Text($"{ModelBundle.RunFolder}/{CodeIdentity.FileName}", code.ToJson());
        // A model in MLflow has no fingerprint file, but FineTunedPath recognises a run by this file.
        if (File.Exists(Path.Combine(opened.Path.Run, Fingerprint))) Disk($"{ModelBundle.RunFolder}/{Fingerprint}", Path.Combine(opened.Path.Run, Fingerprint));
        else Text($"{ModelBundle.RunFolder}/{Fingerprint}", "unknown\n");
        foreach (string name in (string[])[Experiment, ModelCard.FileName]) Disk($"{ModelBundle.RunFolder}/{name}", Path.Combine(opened.Path.Run, name));
        string weights = $"{ModelBundle.RunFolder}/{Stage.Finetune(start).Name}/{Stage.CheckpointFolderName}/{Path.GetFileName(checkpoint)}";
        foreach (string name in PublishedCheckpoint.Files) Disk($"{weights}/{name}", Path.Combine(checkpoint, name));
        Text($"{weights}/{PublishedCheckpoint.SumsFile}", PublishedCheckpoint.Sums(checkpoint));
        foreach (PluginIdentity plugin in code.Plugins) Plugin(Path.GetDirectoryName(catalog.Plugins.First(one => one.Name == plugin.Name && one.Fault is null).Path)!, plugin.Name);
        Text(ModelBundle.CardFile, Card(opened, code, start, checkpoint));
        var sums = new JsonObject(files.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Sum(entry.Value))));
        Text(ModelBundle.ListFile, new JsonObject { ["version"] = ModelBundle.Version, ["name"] = opened.Config.Name, ["start"] = start, ["files"] = sums }.ToJsonString(JsonOptions.Indented));
        AtomicFile.Write(file, target =>
        {
            using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, Func<Stream> open) in files)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = Time;
                using Stream from = open(), to = entry.Open();
                from.CopyTo(to);
            }
        });

        void Text(string name, string text) => files[name] = () => new MemoryStream(Encoding.UTF8.GetBytes(text));

        void Disk(string name, string path)
        {
            if (!File.Exists(path)) throw new UserException($"The run '{opened.Path.Run}' lacks the file '{path}', which a bundle needs.");
            files[name] = () => File.OpenRead(path);
        }

        void Plugin(string folder, string name)
        {
            string natives = Path.Combine(folder, Natives);
            foreach (string path in Directory.GetFiles(folder).Concat(Directory.Exists(natives) ? Directory.GetFiles(natives, "*", SearchOption.AllDirectories) : []))
            {
                if (Path.GetExtension(path) is not ".pdb" and not ".xml") Disk($"{ModelBundle.PluginFolder}/{name}/{Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')}", path);
            }
        }
    }

    private static string Sum(Func<Stream> open)
    {
        using Stream stream = open();
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string Card(FineTunedModels opened, CodeIdentity code, string start, string checkpoint)
    {
        DataConfig data = opened.Finetune.Data;
        ConfigTable table = data.ToTable();
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {opened.Config.Name}").AppendLine();
        if (opened.Config.Description.Length > 0) text.AppendLine(opened.Config.Description).AppendLine();
        text.AppendLine("A segmentation model of HiEndMae.Framework. It is for research, not for diagnosis.").AppendLine();
        text.AppendLine("```sh").AppendLine("hiendmae predict THIS.zip SCAN.nii.gz").AppendLine("```").AppendLine();
        text.AppendLine("| | |").AppendLine("|---|---|");
        Row("encoder, head", $"{opened.Config.Encoder.Plugin}, {opened.Finetune.Head.Plugin}");
        Row("start, checkpoint", $"{start}, {Path.GetFileName(checkpoint)}");
        Row("trained on", $"the dataset '{data.Dataset.Plugin}'");
        Row("image channels", string.Join(", ", opened.Card.Channels));
        Row("spacing", $"{TomlText.Value(table.Find("spacing_mm")!)} mm");
        Row("intensities", TomlText.Value(table.Find("intensity")!) + (data.Intensity.Kind == IntensityKind.Window ? $", window {TomlText.Value(table.Find("window")!)}" : ""));
        Row("windows", $"{TomlText.Value(table.Find("crop")!)} voxels, overlap {opened.Evaluate.Overlap.ToString(CultureInfo.InvariantCulture)}");
        Row("numerics", code.Numerics.ToString(CultureInfo.InvariantCulture));
        foreach (PluginIdentity plugin in code.Plugins) Row("plugin " + plugin.Name, $"{plugin.Version}, SHA-256 {plugin.Sha256}");
        text.AppendLine().AppendLine("| value in label maps | class |").AppendLine("|---|---|");
        for (int i = 0; i < opened.Card.Labels.Count; i++) text.AppendLine(CultureInfo.InvariantCulture, $"| {opened.Card.Values[i]} | {opened.Card.Labels[i]} |");
        if (Dice(opened.Path.Run, start) is { } dice) text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Mean Dice of its test cases: {100 * dice:F1} %. `run/experiment.toml` is the whole config.");
        return text.Replace("\r\n", "\n").ToString();

        void Row(string name, string value) => text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value} |");
    }

    private static double? Dice(string run, string start)
    {
        try
        {
            return (double?)JsonNode.Parse(File.ReadAllText(Path.Combine(run, Results)))?["evaluations"]?[start]?["mean_dice"];
        }
        catch (Exception error) when (error is IOException || JsonErrors.AreOfContent(error))
        {
            return null; // the card does without
        }
    }
}
