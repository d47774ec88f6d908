using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>A file merged with all files that it extends and with overrides, before any check.</summary>
public static class ExperimentSource
{
    /// <summary>Stands for the file name of an override in messages.</summary>
    public const string CommandLine = "--set";

    private const string Key = "extends";

    /// <summary>Merges the file and the files that it extends into one tree. There is no tree if one of them cannot be read.</summary>
    /// <param name="file">The experiment file.</param>
    /// <param name="find">Returns another file by its full path; null if there is none.</param>
    public static ParsedFile Resolve(ParsedFile file, Func<string, ParsedFile?> find)
    {
        if (file.Tree?.Find(Key) is null) return file;
        var found = new List<ConfigDiagnostic>();
        ConfigTable? tree = Resolve(file, [], find, found.Add);
        return new ParsedFile(file.Path, tree, ConfigDiagnostic.Ordered(found));
    }

    /// <summary>Returns the experiment with overrides applied.</summary>
    /// <param name="file">The merged experiment.</param>
    /// <param name="overrides">KEY=VALUE, applied in order.</param>
    public static ParsedFile Override(ParsedFile file, IReadOnlyList<string> overrides)
    {
        if (overrides.Count == 0) return file;
        List<ConfigDiagnostic> found = [.. file.Diagnostics];
        ConfigTable? tree = file.Tree;
        foreach (string text in overrides)
        {
            int equals = text.IndexOf('=');
            string[] keys = equals < 1 ? [] : text.Substring(0, equals).Trim().Split('.');
            if (keys.Length is 0 or > NestingScan.MostLevels || keys.Any(string.IsNullOrWhiteSpace))
                found.Add(new ConfigDiagnostic("HEM005", true, $"'{NearestName.Shorten(text)}' is not an override; write KEY=VALUE, such as pretrain.mask_ratio=0.9", new SourceSpan(CommandLine, 1, 1)));
            else if (tree is not null)
                tree = ConfigTree.Set(tree, keys, TomlReader.ReadValue(text.Substring(equals + 1).Trim(), CommandLine, found.Add));
        }
        return file with { Tree = tree, Diagnostics = found };
    }

    private static ConfigTable? Resolve(ParsedFile file, IReadOnlyList<string> within, Func<string, ParsedFile?> find, Action<ConfigDiagnostic> report)
    {
        foreach (ConfigDiagnostic diagnostic in file.Diagnostics) report(diagnostic);
        if (file.Tree is not { } tree || tree.Find(Key) is not { } extends) return file.Tree;
        ConfigNode[] names = extends is ConfigArray list ? [.. list.Items] : [extends];
        string[] path = [.. within, Path.GetFullPath(file.Path)];
        ConfigTable? below = new([], tree.Source);
        foreach (ConfigNode name in names)
        {
            ConfigTable? next = Below(name, path, find, report);
            below = below is null || next is null ? null : ConfigTree.Merge(below, next);
        }
        return below is null ? null : ConfigTree.Merge(below, ConfigTree.Without(tree, Key));
    }

    private static ConfigTable? Below(ConfigNode node, string[] within, Func<string, ParsedFile?> find, Action<ConfigDiagnostic> report)
    {
        if (node is not ConfigScalar { Value: string { Length: > 0 } name } || name.IndexOfAny(Path.GetInvalidPathChars()) >= 0)
            return Failed("'extends' must be text, the path of a file relative to this one, or a list of such");
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(within[within.Length - 1])!, name));
        if (within.Contains(path)) return Failed($"'extends' goes in a circle: '{NearestName.Shorten(name)}' extends this file");
        return find(path) is { } file
            ? Resolve(file, within, find, report)
            : Failed($"'extends' names '{NearestName.Shorten(name)}', but there is no such file beside this one");

        ConfigTable? Failed(string message)
        {
            report(new ConfigDiagnostic("HEM003", true, message, node.Source));
            return null;
        }
    }
}
