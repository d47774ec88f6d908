using System.Text;
using System.Text.RegularExpressions;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Scaffolding;

/// <summary>Writes a new plugin or experiment from the program's templates. The package HiEndMae.Templates has the same files for 'dotnet new'.</summary>
/// <param name="folder">The folder of templates, beside the program.</param>
internal sealed partial class ProjectTemplate(string folder)
{
    /// <summary>Name of the folder of templates.</summary>
    public const string Folder = "templates";

    private const string PluginTemplate = "hiendmae-plugin", PluginName = "MyPlugin", ComponentName = "my-plugin", VersionToken = "HIENDMAE_VERSION", FeedToken = "HIENDMAE_FEED", FeedFile = "nuget.config";
    private const string ExperimentTemplate = "hiendmae-experiment", ExperimentName = "my-experiment", TemplateSettings = ".template.config";

    /// <summary>Writes the repository of a plugin.</summary>
    /// <param name="name">A C# name that begins with a capital letter, such as AcmeHeads.</param>
    /// <param name="target">The folder to create. It must not exist, or be empty.</param>
    /// <param name="version">Version of the packages that the plugin is built with.</param>
    /// <param name="feed">A folder or address with these packages; null if the configured feeds have them.</param>
    /// <returns>The component's name in experiments.</returns>
    /// <exception cref="UserException">The name or the folder cannot be used.</exception>
    public string WritePlugin(string name, string target, string version, string? feed)
    {
        if (!CSharpName().IsMatch(name)) throw new UserException($"'{name}' cannot be the name of a plugin: it becomes a namespace and class names, so it needs letters and digits only, a capital letter first, such as AcmeHeads.");
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()) throw new UserException($"The folder '{target}' is not empty; give another name, or a folder with --out.");
        string component = Kebab(name), source = Path.Combine(folder, PluginTemplate);
        string address = feed is null ? "" : Directory.Exists(feed) ? Path.GetFullPath(feed) : feed;
        foreach (string file in FilesOf(source))
        {
            string relative = Path.GetRelativePath(source, file);
            if (relative == FeedFile && feed is null) continue;
            string text = Renamed(File.ReadAllText(file)).Replace(VersionToken, version, StringComparison.Ordinal).Replace(FeedToken, address, StringComparison.Ordinal);
            AtomicFile.WriteText(Path.Combine(target, Renamed(relative)), text);
        }
        return component;

        string Renamed(string text) => text.Replace(PluginName, name, StringComparison.Ordinal).Replace(ComponentName, component, StringComparison.Ordinal);
    }

    /// <summary>Writes an experiment.</summary>
    /// <param name="name">Name of the experiment and of its file.</param>
    /// <param name="target">Folder of the file.</param>
    /// <returns>The file.</returns>
    /// <exception cref="UserException">The name cannot be used, or the file exists.</exception>
    public string WriteExperiment(string name, string target)
    {
        if (!ExperimentWord().IsMatch(name)) throw new UserException($"'{name}' cannot be the name of an experiment: use letters, digits, '-' and '.', a letter or digit first, such as liver-one-shot.");
        string file = Path.Combine(target, name + ".toml");
        if (File.Exists(file)) throw new UserException($"'{file}' exists already; give another name.");
        AtomicFile.WriteText(file, File.ReadAllText(Path.Combine(folder, ExperimentTemplate, ExperimentName + ".toml")).Replace(ExperimentName, name, StringComparison.Ordinal));
        return file;
    }

    /// <summary>A C# name in kebab-case: "CTHeads2" becomes "ct-heads2".</summary>
    public static string Kebab(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins) text.Append('-');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    private static IEnumerable<string> FilesOf(string source) => Directory.GetFiles(source, "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(source, file).StartsWith(TemplateSettings, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    private static partial Regex CSharpName();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9.-]*$")]
    private static partial Regex ExperimentWord();
}
