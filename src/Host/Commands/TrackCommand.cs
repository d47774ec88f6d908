using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Tracking;
using Spectre.Console;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae track sync|status|ui</c>: sends waiting tracked values, shows waiting values, and opens MLflow.</summary>
internal static class TrackCommand
{
    public static Command Create(HostEnvironment environment) => new("track", "Send waiting tracked values, show waiting values, or open MLflow.")
    {
        CreateSync(environment),
        CreateStatus(environment),
        CreateUi(environment),
    };

    private static Command CreateSync(HostEnvironment environment)
    {
        Argument<string> folder = Folder();
        Option<string?> uri = Uri();
        var command = new Command("sync", "Send the waiting values of the run directories in DIR to their tracking stores. Running it twice is harmless.") { folder, uri };
        command.SetAction((parsed, cancel) => Task.FromResult(Sync(environment, parsed.GetValue(folder)!, parsed.GetValue(uri), cancel)));
        return command;
    }

    private static Command CreateStatus(HostEnvironment environment)
    {
        Argument<string> folder = Folder();
        Option<string?> uri = Uri();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("status", "Show the waiting values of the run directories in DIR. Contacts no server.") { folder, uri, json };
        command.SetAction(parsed => Status(environment, parsed.GetValue(folder)!, parsed.GetValue(uri), parsed.GetValue(json)));
        return command;
    }

    private static Command CreateUi(HostEnvironment environment)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder with mlflow.db.", DefaultValueFactory = _ => "runs" };
        var run = new Option<bool>("--run") { Description = "Run the commands instead of printing them. Needs mlflow on PATH." };
        var command = new Command("ui", "Print the commands that open the local database in MLflow.") { folder, run };
        command.SetAction((parsed, cancel) => UiAsync(environment, parsed.GetValue(folder)!, parsed.GetValue(run), cancel));
        return command;
    }

    private static int Sync(HostEnvironment environment, string folder, string? uri, CancellationToken cancel)
    {
        if (Runs(environment, folder) is not { } runs) return ExitCodes.BadUsage;
        TrackingTarget? target = Target(environment, uri);
        int failed = 0;
        foreach (string run in runs)
        {
            try
            {
                int before = SpoolSync.StatusOf(run, target, environment.Runs.GetVariable).NumWaiting;
                SpoolSync.Send(run, target, environment.Runs.GetVariable, environment.Runs.Clock, environment.Error.WriteLine, options: null, cancel);
                SpoolStatus after = SpoolSync.StatusOf(run, target, environment.Runs.GetVariable);
                string refused = after.NumRefused == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {after.NumRefused} refused, the last: {after.LastRefusal}");
                environment.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run}: {before} sent to {after.Target}{refused}"));
            }
            catch (TrackingException error)
            {
                // A server that fails for one run does not stop the others.
                environment.Error.WriteLine($"error: {run}: {error.Message}");
                failed++;
            }
        }
        return failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static int Status(HostEnvironment environment, string folder, string? uri, bool json)
    {
        if (Runs(environment, folder) is not { } runs) return ExitCodes.BadUsage;
        TrackingTarget? target = Target(environment, uri);
        SpoolStatus[] all = [.. runs.Select(run => SpoolSync.StatusOf(run, target, environment.Runs.GetVariable))];
        if (json)
        {
            environment.Output.WriteLine(new JsonArray([.. all.Select(status => (JsonNode)new JsonObject
            {
                ["folder"] = status.Folder,
                ["target"] = status.Target,
                ["records"] = status.NumRecords,
                ["waiting"] = status.NumWaiting,
                ["refused"] = status.NumRefused,
                ["last_refusal"] = status.LastRefusal,
                ["torn"] = status.NumTorn,
            })]).ToJsonString(JsonOptions.Indented));
            return ExitCodes.Done;
        }
        Table table = new Table().AddColumns("run", "store", "records", "waiting", "refused");
        foreach (SpoolStatus status in all)
        {
            table.AddRow(
                Markup.Escape(Path.GetRelativePath(folder, status.Folder)), Markup.Escape(status.Target), Number(status.NumRecords), Number(status.NumWaiting),
                status.LastRefusal is { } why ? Markup.Escape($"{Number(status.NumRefused)}: {why}") : Number(status.NumRefused));
        }
        environment.Console.Write(table);
        return ExitCodes.Done;
    }

    private static async Task<int> UiAsync(HostEnvironment environment, string folder, bool run, CancellationToken cancel)
    {
        string database = Path.Combine(folder, LocalTrackingStore.FileName);
        if (!File.Exists(database))
        {
            if (ServersOf(folder) is { Length: > 0 } servers)
            {
                await environment.Error.WriteLineAsync($"error: the runs in '{folder}' are on {string.Join(" and ", servers)}; open this address in a browser.");
                return ExitCodes.BadUsage;
            }
            await environment.Error.WriteLineAsync($"error: there is no {database}; give the folder that was used as 'run --out'.");
            return ExitCodes.BadUsage;
        }
        IReadOnlyList<string> commands = LocalTrackingStore.ViewCommandsOf(database);
        await environment.Error.WriteLineAsync(
            $"note: these commands upgrade {database} to the schema of the installed MLflow; an older MLflow cannot open it afterwards. The Python client of MLflow 3 upgrades it without asking. "
            + "This program can still write to it. Copy the file first if MLflow 2 has to read it.");
        if (!run)
        {
            foreach (string line in commands) await environment.Output.WriteLineAsync(line);
            return ExitCodes.Done;
        }
        if (Executables.Find("mlflow", environment.Runs.GetVariable) is not { } program)
        {
            await environment.Error.WriteLineAsync("error: mlflow is not on PATH; install it with 'pip install mlflow'. The commands are:");
            foreach (string line in commands) await environment.Error.WriteLineAsync($"  {line}");
            return ExitCodes.Failed;
        }
        string uri = $"sqlite:///{Path.GetFullPath(database).Replace('\\', '/')}";
        int code = await StartAsync(program, ["db", "upgrade", uri], cancel);
        return code == 0 ? await StartAsync(program, ["ui", "--backend-store-uri", uri], cancel) : ExitCodes.Failed;
    }

    // It uses the terminal of this process, so Ctrl-C reaches both.
    private static async Task<int> StartAsync(string program, string[] arguments, CancellationToken cancel)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static IReadOnlyList<string>? Runs(HostEnvironment environment, string folder)
    {
        IReadOnlyList<string> runs = SpoolSync.Find(folder);
        if (runs.Count > 0) return runs;
        environment.Error.WriteLine($"error: '{folder}' is not a run directory and contains none.");
        return null;
    }

    private static TrackingTarget? Target(HostEnvironment environment, string? uri)
    {
        try
        {
            return string.IsNullOrWhiteSpace(uri) ? null : TrackingTarget.Parse(uri, ".", environment.Runs.GetVariable);
        }
        catch (TrackingException error)
        {
            // The user can correct the option.
            throw new UserException(error.Message, error);
        }
    }

    // Stores of the runs in a folder, if they are servers.
    private static string[] ServersOf(string folder) =>
        [.. SpoolSync.Find(folder).Select(run => RunRecord.Read(run)?.Store).OfType<string>().Where(store => store.StartsWith("http", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Argument<string> Folder() => new("DIR") { Description = "A run directory, or a folder that contains run directories.", DefaultValueFactory = _ => "runs" };

    private static Option<string?> Uri() => new("--uri") { Description = "Store to use instead of the run's own: http(s)://... or sqlite:///FILE. It receives everything.", HelpName = "URI" };
}
