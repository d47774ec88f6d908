using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Weights;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Models;

/// <summary>Unpacks bundles into the user's cache, each once, and chooses the plugins that their models were made with.</summary>
internal static class BundleReader
{
    private const string CacheFolder = "bundles";

    /// <summary>Opens a bundle.</summary>
    /// <param name="environment">Plugins and variables.</param>
    /// <param name="file">The zip file.</param>
    /// <returns>The folder of its fine-tuning, the plugins to use, and sentences about them for the user.</returns>
    /// <exception cref="CheckpointException">The file is no bundle, or is damaged.</exception>
    public static (string Model, PluginCatalog Catalog, IReadOnlyList<string> Notes) Open(RunEnvironment environment, string file)
    {
        string folder = Unpack(environment, file), run = Path.Combine(folder, ModelBundle.RunFolder);
        // A bundle has exactly one fine-tuning, so its start is the default.
        string model = Directory.GetDirectories(run).FirstOrDefault(stage => Stage.Parse(Path.GetFileName(stage)) is { Kind: StageKind.Finetune }) ?? run;
        CodeIdentity code = CodeIdentity.Read(run) ?? throw new CheckpointException($"The bundle '{file}' has no {CodeIdentity.FileName}; make it again with 'hiendmae bundle'.");
        PluginCatalog installed = PluginCatalog.Load(environment);
        var notes = new List<string>();
        if (code.Numerics != NumericsVersion.Current)
            notes.Add($"'{file}' was made with numerics {code.Numerics}; this program has numerics {NumericsVersion.Current}, so voxels may differ");
        var own = new List<string>();
        foreach (PluginIdentity plugin in code.Plugins)
        {
            PluginAssembly? present = installed.Plugins.FirstOrDefault(one => one.Name == plugin.Name && one.Fault is null);
            if (present?.Sha256 == plugin.Sha256) continue;
            own.Add(Path.Combine(folder, ModelBundle.PluginFolder, plugin.Name));
            notes.Add($"the plugin {plugin.Name} {plugin} comes from '{file}'{(present is null ? "" : $", in place of the installed build {present.Sha256[..12]}")}");
        }
        return (model, own.Count == 0 ? installed : PluginCatalog.Load(environment, own), notes);
    }

    private static string Unpack(RunEnvironment environment, string file)
    {
        string key;
        using (FileStream stream = File.OpenRead(file)) key = Convert.ToHexStringLower(SHA256.HashData(stream))[..24];
        string folder = Path.Combine(UserCache.Folder(environment.GetVariable), CacheFolder, key);
        // A folder under its final name is complete, and its name belongs to this content.
        if (Directory.Exists(folder)) return folder;
        string beside = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(beside);
        try
        {
            ZipFile.ExtractToDirectory(file, beside);
            Check(beside, file);
            try
            {
                Directory.Move(beside, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                // Another process was faster.
            }
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointException($"'{file}' is no bundle or is damaged: {error.Message}", error);
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        }
        return folder;
    }

    private static void Check(string folder, string file)
    {
        string list = Path.Combine(folder, ModelBundle.ListFile);
        if (!File.Exists(list)) throw new CheckpointException($"'{file}' is no bundle: it has no {ModelBundle.ListFile}. 'hiendmae bundle RUN --out X.zip' makes one.");
        JsonObject files;
        try
        {
            JsonNode root = JsonNode.Parse(File.ReadAllText(list))!;
            if ((int)root["version"]! > ModelBundle.Version) throw new CheckpointException($"The bundle '{file}' has version {root["version"]}; this program reads versions up to {ModelBundle.Version}. Use a newer program.");
            files = root["files"]!.AsObject();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new CheckpointException($"The bundle '{file}' has a damaged {ModelBundle.ListFile}: {error.Message}", error);
        }
        foreach ((string name, JsonNode? sum) in files)
        {
            string path = Path.GetFullPath(Path.Combine(folder, name));
            if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path)) throw new CheckpointException($"The bundle '{file}' lacks the file '{name}'.");
            using FileStream stream = File.OpenRead(path);
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != (string?)sum) throw new CheckpointException($"The bundle '{file}' is damaged: '{name}' does not match its SHA-256.");
        }
    }
}
