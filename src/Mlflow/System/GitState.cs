using System.Diagnostics;

namespace HiEndMae.Mlflow;

/// <summary>The version of the user's files that a run used.</summary>
/// <param name="Commit">The commit that is checked out.</param>
/// <param name="Branch">Its branch; null if HEAD is detached.</param>
/// <param name="RepositoryUrl">Address of the remote "origin", without credentials; null for none.</param>
/// <param name="IsDirty">Whether tracked files have changes; null if <c>git</c> is not installed.</param>
public sealed record GitState(string Commit, string? Branch, string? RepositoryUrl, bool? IsDirty)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Reads the state of the repository that contains a folder. Changes are found with <c>git</c> if it is on PATH.</summary>
    /// <returns>Null if there is no repository, or it has no commit.</returns>
    public static GitState? Read(string folder, Func<string, string?> getVariable)
    {
        try
        {
            if (FindGitFolder(folder) is not ({ } root, { } git)) return null;
            // The folder of a worktree names the folder that all worktrees share.
            string pointer = Path.Combine(git, "commondir");
            string common = File.Exists(pointer) ? Path.GetFullPath(Path.Combine(git, File.ReadAllText(pointer).Trim())) : git;
            string head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
            string? name = head.StartsWith("ref:", StringComparison.Ordinal) ? head["ref:".Length..].Trim() : null;
            string? commit = name is null ? head : Resolve(name, git, common);
            if (commit is null || commit.Length < 40 || !commit.All(char.IsAsciiHexDigit)) return null;
            string? branch = name?.StartsWith("refs/heads/", StringComparison.Ordinal) == true ? name["refs/heads/".Length..] : null;
            return new GitState(commit, branch, OriginOf(Path.Combine(common, "config")), Executables.Find("git", getVariable) is { } program ? IsChanged(program, root) : null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns the state as tags with MLflow's names.</summary>
    public IReadOnlyDictionary<string, string> ToTags()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["mlflow.source.git.commit"] = Commit };
        if (Branch is not null) tags["mlflow.source.git.branch"] = Branch;
        if (RepositoryUrl is not null) tags["mlflow.source.git.repoURL"] = RepositoryUrl;
        if (IsDirty is { } dirty) tags["hiendmae.git.dirty"] = dirty ? "true" : "false";
        return tags;
    }

    private static (string? Root, string? Git) FindGitFolder(string folder)
    {
        for (DirectoryInfo? at = new(Path.GetFullPath(folder)); at is not null; at = at.Parent)
        {
            string git = Path.Combine(at.FullName, ".git");
            if (Directory.Exists(git)) return (at.FullName, git);
            // In worktrees and submodules, .git is a file with the path of the folder.
            if (File.Exists(git) && File.ReadAllText(git) is var text && text.StartsWith("gitdir:", StringComparison.Ordinal))
                return (at.FullName, Path.GetFullPath(Path.Combine(at.FullName, text["gitdir:".Length..].Trim())));
        }
        return (null, null);
    }

    private static string? Resolve(string name, string git, string common)
    {
        foreach (string folder in (string[])[git, common])
        {
            string file = Path.Combine(folder, name);
            if (File.Exists(file)) return File.ReadAllText(file).Trim();
        }
        string packed = Path.Combine(common, "packed-refs");
        if (!File.Exists(packed)) return null;
        return File.ReadLines(packed).Select(static line => line.Split(' ', 2)).FirstOrDefault(parts => parts.Length == 2 && parts[1].Trim() == name)?[0];
    }

    private static string? OriginOf(string config)
    {
        if (!File.Exists(config)) return null;
        bool inside = false;
        foreach (string line in File.ReadLines(config).Select(static line => line.Trim()))
        {
            if (line.StartsWith('[')) inside = line.Replace(" ", "", StringComparison.Ordinal).Equals("[remote\"origin\"]", StringComparison.OrdinalIgnoreCase);
            else if (inside && line.Split('=', 2) is [var key, var value] && key.Trim() == "url") return WithoutCredentials(value.Trim());
        }
        return null;
    }

    private static string WithoutCredentials(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length > 0
        ? url.Replace(uri.UserInfo + "@", "", StringComparison.Ordinal)
        : url;

    private static bool? IsChanged(string program, string root)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-C", root, "--no-optional-locks", "status", "--porcelain", "--untracked-files=no"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            });
            if (process is null) return null;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(Patience)) return process.ExitCode == 0 ? output.GetAwaiter().GetResult().Length > 0 : null;
            process.Kill();
            return null;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
