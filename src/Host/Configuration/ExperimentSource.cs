using HiEndMae.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary>A file with all that it extends, overrides applied, nothing checked yet.</summary>
internal static class ExperimentSource
{
    /// <summary>Name of the place of an override in messages.</summary>
    public const string CommandLine = "--set";

    /// <summary>Reads the tree; null where a file cannot be read, every error having been reported.</summary>
    /// <param name="path">The experiment file.</param>
    /// <param name="overrides">KEY=VALUE, applied in order.</param>
    /// <param name="report">Takes each error.</param>
    public static ConfigTable? Read(string path, IReadOnlyList<string> overrides, Action<ConfigDiagnostic> report)
    {
        ConfigTable? tree = ReadFile(path, [], report);
        foreach (string text in overrides)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string[] keys = equals < 1 ? [] : text[..equals].Trim().Split('.');
            if (keys.Length == 0 || keys.Any(string.IsNullOrWhiteSpace))
                report(new ConfigDiagnostic("HEM005", true, $"'{text}' is no override; write KEY=VALUE, such as pretrain.mask_ratio=0.9", new SourceSpan(CommandLine, 1, 1)));
            else if (tree is not null)
                tree = ConfigTree.Set(tree, keys, TomlReader.ReadValue(text[(equals + 1)..].Trim(), CommandLine, report));
        }
        return tree;
    }

    private static ConfigTable? ReadFile(string path, IReadOnlyList<string> within, Action<ConfigDiagnostic> report)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            report(new ConfigDiagnostic("HEM002", true, $"cannot read the file: {error.Message}", new SourceSpan(path, 1, 1)));
            return null;
        }
        ConfigTable? tree = TomlReader.Read(text, path, report);
        return tree?.Find("extends") is { } extends ? Extend(tree, extends, [.. within, Path.GetFullPath(path)], report) : tree;
    }

    private static ConfigTable? Extend(ConfigTable tree, ConfigNode extends, IReadOnlyList<string> within, Action<ConfigDiagnostic> report)
    {
        if (extends is not ConfigScalar { Value: string name })
        {
            report(new ConfigDiagnostic("HEM003", true, "'extends' must be text, the path of a file relative to this one", extends.Source));
            return null;
        }
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(within[^1])!, name));
        if (!File.Exists(path))
        {
            report(new ConfigDiagnostic("HEM003", true, $"'extends' names '{name}', but there is no file '{path}'", extends.Source));
            return null;
        }
        if (within.Contains(path))
        {
            report(new ConfigDiagnostic("HEM003", true, $"'extends' goes in a circle: '{name}' extends this file", extends.Source));
            return null;
        }
        ConfigTable? below = ReadFile(path, within, report);
        return below is null ? null : ConfigTree.Merge(below, ConfigTree.Without(tree, "extends"));
    }
}
