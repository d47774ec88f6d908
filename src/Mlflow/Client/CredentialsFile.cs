namespace HiEndMae.Mlflow;

/// <summary>The file <c>~/.mlflow/credentials</c> of MLflow's Python client: section <c>[mlflow]</c> with <c>mlflow_tracking_username</c> and <c>mlflow_tracking_password</c>.</summary>
/// <param name="Username">The user name; null if the file has none.</param>
/// <param name="Password">The password; null if the file has none.</param>
internal sealed record CredentialsFile(string? Username, string? Password)
{
    private static readonly CredentialsFile Empty = new(null, null);

    /// <summary>Reads the file in the home folder (HOME, or USERPROFILE on Windows). If the file is missing, both values are null.</summary>
    /// <exception cref="TrackingException">The file exists but cannot be read.</exception>
    public static CredentialsFile Read(Func<string, string?> getVariable)
    {
        if ((getVariable("HOME") ?? getVariable("USERPROFILE")) is not { Length: > 0 } home) return Empty;
        string path = Path.Combine(home, ".mlflow", "credentials");
        try
        {
            return File.Exists(path) ? Parse(File.ReadLines(path)) : Empty;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"The file {path} cannot be read: {error.Message}", error);
        }
    }

    // The subset of Python's configparser syntax that two plain keys need. A percent sign is written twice there.
    private static CredentialsFile Parse(IEnumerable<string> lines)
    {
        CredentialsFile found = Empty;
        bool isInside = false;
        foreach (string line in lines.Select(static line => line.Trim()))
        {
            if (line.Length == 0 || line[0] is '#' or ';') continue;
            if (line[0] == '[') isInside = line == "[mlflow]";
            else if (isInside && line.IndexOfAny(['=', ':']) is > 0 and var at)
            {
                string key = line[..at].Trim().ToLowerInvariant(), value = line[(at + 1)..].Trim().Replace("%%", "%", StringComparison.Ordinal);
                if (value.Length == 0) continue;
                if (key == "mlflow_tracking_username") found = found with { Username = value };
                if (key == "mlflow_tracking_password") found = found with { Password = value };
            }
        }
        return found;
    }
}
