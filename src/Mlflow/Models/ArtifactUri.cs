namespace HiEndMae.Mlflow;

/// <summary>The address of a file or folder in MLflow.</summary>
/// <param name="Text">The address as the user wrote it.</param>
/// <param name="RunId">For <c>runs:/ID/PATH</c>: the run; otherwise null.</param>
/// <param name="ModelName">For <c>models:/NAME/VERSION</c> and <c>models:/NAME@ALIAS</c>: the registered model; otherwise null.</param>
/// <param name="Version">The version's number; null where an alias is given.</param>
/// <param name="Alias">The alias; null where a version is given.</param>
/// <param name="ModelId">For <c>models:/m-...</c>: the logged model of MLflow 3; otherwise null.</param>
/// <param name="Path">Path relative to the run's artifacts or the model's files; empty for all of them.</param>
public sealed record ArtifactUri(string Text, string? RunId, string? ModelName, string? Version, string? Alias, string? ModelId, string Path)
{
    private const string Runs = "runs:/", Models = "models:/";

    /// <summary>Returns whether a text begins like such an address.</summary>
    public static bool IsOne(string text) => text.StartsWith(Runs, StringComparison.Ordinal) || text.StartsWith(Models, StringComparison.Ordinal);

    /// <summary>Reads an address.</summary>
    /// <exception cref="TrackingException">The text is not a valid address.</exception>
    public static ArtifactUri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text[(text.IndexOf('/', StringComparison.Ordinal) + 1)..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Any(static part => part is "." or ".." || part.Contains('\\', StringComparison.Ordinal))) throw Malformed(text);
        string Below(int count) => string.Join('/', parts.Skip(count));
        if (text.StartsWith(Runs, StringComparison.Ordinal) && parts.Length >= 2) return new ArtifactUri(text, parts[0], null, null, null, null, Below(1));
        if (!text.StartsWith(Models, StringComparison.Ordinal) || parts.Length == 0) throw Malformed(text);
        if (parts[0].Split('@') is [{ Length: > 0 } name, { Length: > 0 } alias]) return new ArtifactUri(text, null, name, null, alias, null, Below(1));
        if (parts[0].StartsWith("m-", StringComparison.Ordinal) && (parts.Length == 1 || !IsNumber(parts[1]))) return new ArtifactUri(text, null, null, null, null, parts[0], Below(1));
        return parts.Length >= 2 && IsNumber(parts[1]) ? new ArtifactUri(text, null, parts[0], parts[1], null, null, Below(2)) : throw Malformed(text);
    }

    private static bool IsNumber(string text) => text.All(char.IsAsciiDigit);

    private static TrackingException Malformed(string text) =>
        new($"'{text}' is not an MLflow address; write runs:/RUN_ID/PATH, models:/NAME/VERSION, models:/NAME@ALIAS or models:/MODEL_ID.");
}
