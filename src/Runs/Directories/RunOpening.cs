using System.Text;
using HiEndMae.Configuration.Shared;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Runs.Directories;

/// <summary>Opens the run directory of an experiment. With <c>--resume</c> it continues the newest unfinished run of the same config, and one with a changed config only if the user allows it.</summary>
internal static class RunOpening
{
    private const string ChangesFile = "config-changes.txt", CodeChangesFile = "code-changes.txt", StartKey = "finetune.init";

    /// <summary>Opens or creates a run directory, and keeps other processes out of it.</summary>
    /// <param name="options">Options of the command.</param>
    /// <param name="experiment">The experiment to run.</param>
    /// <param name="catalog">Plugins.</param>
    /// <param name="clock">Gives the time in the names of new runs.</param>
    /// <param name="say">Shows a sentence to the user.</param>
    /// <exception cref="UserException">The config of the unfinished run differs, and <c>--accept-changes</c> was not given; or the code differs, and <c>--accept-plugin-changes</c> was not given; or another process is running it.</exception>
    public static RunDirectory Open(RunOptions options, LoadedExperiment experiment, PluginCatalog catalog, TimeProvider clock, Action<string> say)
    {
        IReadOnlyList<RunDirectory> unfinished = options.Resume ? RunDirectory.Unfinished(options.Out, experiment.Config.Name) : [];
        RunDirectory? same = unfinished.FirstOrDefault(run => run.Fingerprints[^1] == experiment.Fingerprint);
        // The folder of a sweep's stage belongs to one config. Only the path of its start can differ, after the folder of the sweep was moved.
        RunDirectory? moved = same is null && options.IsJob
            ? unfinished.FirstOrDefault(one => Changes(one, experiment.ResolvedToml, catalog).All(change => !change.CanChangeResults || change.Key == StartKey))
            : null;
        if (same is null && moved is null && unfinished.Count > 0 && options.Changes == ChangedConfig.Refuse) throw Refusal(unfinished[0], Changes(unfinished[0], experiment.ResolvedToml, catalog));
        RunDirectory? run = same ?? moved ?? (options.Changes == ChangedConfig.Accept && unfinished.Count > 0 ? unfinished[0] : null);
        CodeIdentity code = CodeIdentity.Of(experiment.Config, catalog);
        if (run is null)
        {
            if (options.Resume) say("there is no unfinished run to continue; starting a new one");
            RunDirectory created = RunDirectory.Create(options.Out, experiment.Config.Name, experiment.Fingerprint, clock);
            created.Write(CodeIdentity.FileName, code.ToJson());
            return created;
        }
        IReadOnlyList<string> codeChanges = CodeIdentity.Read(run.FullPath) is { } before ? code.ChangesSince(before) : [];
        if (codeChanges.Count > 0 && !options.AcceptPluginChanges) throw OtherCode(run, codeChanges);
        if (!run.TryHold())
            throw new UserException($"Another process is running in '{run.FullPath}'. Wait until it has ended, or start a new run by leaving out --resume.");
        foreach (string change in codeChanges)
        {
            say($"changed: {change}");
            run.AppendLine(CodeChangesFile, change);
        }
        run.Write(CodeIdentity.FileName, code.ToJson());
        foreach (ConfigChange change in Changes(run, experiment.ResolvedToml, catalog))
        {
            bool canChange = change.CanChangeResults && run != moved;
            say($"changed: {change} ({(canChange ? "can change results" : "cannot change results")})");
            if (canChange) run.AppendLine(ChangesFile, change.ToString());
        }
        if (same is null) run.ChangeFingerprint(experiment.Fingerprint);
        return run;
    }

    /// <summary>Returns the keys that were changed during a run, one line per change.</summary>
    public static IReadOnlyList<string> ChangesOf(RunDirectory run) => File.Exists(run.File(ChangesFile)) ? File.ReadAllLines(run.File(ChangesFile)) : [];

    /// <summary>Returns the changes of plugins and numerics during a run, one line per change.</summary>
    public static IReadOnlyList<string> CodeChangesOf(RunDirectory run) => File.Exists(run.File(CodeChangesFile)) ? File.ReadAllLines(run.File(CodeChangesFile)) : [];

    private static UserException OtherCode(RunDirectory run, IReadOnlyList<string> changes) => new(
        $"The unfinished run '{run.FullPath}' was begun with other code:\n{string.Concat(changes.Select(change => $"  {change}\n"))}"
        + "Continue it anyway with --resume --accept-plugin-changes, start a new run by leaving out --resume, or install the earlier plugin.");

    private static IReadOnlyList<ConfigChange> Changes(RunDirectory run, string resolvedToml, PluginCatalog catalog) =>
        File.Exists(run.File("experiment.toml")) ? ConfigChange.Between(File.ReadAllText(run.File("experiment.toml")), resolvedToml, catalog.Components) : [];

    private static UserException Refusal(RunDirectory run, IReadOnlyList<ConfigChange> changes)
    {
        var text = new StringBuilder($"The unfinished run '{run.FullPath}' has another config:\n");
        foreach (ConfigChange change in changes) text.Append("  ").Append(change).Append(change.CanChangeResults ? "" : " (cannot change results)").Append('\n');
        text.Append("Continue it anyway with --resume --accept-changes, start a new run by leaving out --resume, or undo the changes.");
        return new UserException(text.ToString());
    }
}
