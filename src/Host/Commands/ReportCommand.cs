using System.CommandLine;
using System.Text;
using HiEndMae.Configuration.Shared;
using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Host.Output;
using HiEndMae.Reports;
using HiEndMae.Reports.Analysis;
using HiEndMae.Reports.Html;
using HiEndMae.Reports.Output;
using HiEndMae.Reports.Records;
using HiEndMae.Reports.Tables;
using HiEndMae.Runs.Loading;
using HiEndMae.Sweeps;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae report DIR|FILE</c>: prints results in the form of the paper's tables.</summary>
internal static class ReportCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var source = new Argument<string[]>("DIR|FILE") { Description = "Folders of runs, experiment files whose combinations are looked up among the runs, or a folder of 'analyze --out'.", Arity = ArgumentArity.OneOrMore };
        var runs = new Option<string>("--runs") { Description = "With an experiment file: the folder to look for its runs.", HelpName = "DIR", DefaultValueFactory = _ => "runs" };
        var format = new Option<ReportFormat?>("--format") { Description = "Output format: terminal, markdown, csv, latex or html; default: by the extension of --out, otherwise terminal.", HelpName = "FORMAT" };
        var output = new Option<string?>("--out") { Description = "File to write; default: print.", HelpName = "FILE" };
        var paper = new Option<string?>("--paper") { Description = $"Print only this table of the paper: {string.Join(", ", PaperTables.Names)}.", HelpName = "TABLE" };
        Option<string[]> set = CommonOptions.Set();
        var command = new Command("report", "Print results as the paper's tables: our values, the paper's values, differences, intervals over seeds, and what is missing and why.") { source, runs, format, output, paper, set };
        command.SetAction(parsed => Run(
            environment, parsed.GetValue(source)!, parsed.GetValue(runs)!, parsed.GetValue(format), parsed.GetValue(output), parsed.GetValue(paper), parsed.GetValue(set) ?? []));
        return command;
    }

    private static int Run(HostEnvironment environment, string[] sources, string runs, ReportFormat? format, string? output, string? paper, string[] overrides)
    {
        if (paper is not null && !PaperTables.Names.Contains(paper))
            throw new UserException($"'{paper}' is not a table of the paper; choose one of {string.Join(", ", PaperTables.Names)}.");
        ReportFormat wanted = format ?? ByEnding(output);
        if (sources is [var folder] && File.Exists(Path.Combine(folder, AnalysisDocument.File))) return Analysis(environment, folder, wanted, output);
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        var entries = new List<ReportEntry>();
        foreach (string source in sources)
        {
            if (Entries(environment, catalog, source, runs, overrides, paper) is not { } found) return ExitCodes.BadUsage;
            entries.AddRange(found);
        }
        IReadOnlyList<ReportTable> tables = ReportSource.Tables(entries, paper);
        if (wanted == ReportFormat.Terminal && output is null)
        {
            TerminalWriter.Write(environment.Console, tables);
            return ExitCodes.Done;
        }
        string text = wanted switch
        {
            ReportFormat.Markdown => MarkdownWriter.Write(tables),
            ReportFormat.Csv => CsvWriter.Write(tables),
            ReportFormat.Latex => LatexWriter.Write(tables),
            ReportFormat.Html => new HtmlReport(environment.Runs.Clock).Write(tables),
            _ => throw new UserException("--format terminal cannot be written to a file; choose another format or leave out --out."),
        };
        if (output is null)
        {
            environment.Output.Write(text);
            return ExitCodes.Done;
        }
        string path = Path.GetFullPath(output);
        AtomicFile.WriteText(path, text);
        environment.Output.WriteLine($"{path}: {tables.Count} {(tables.Count == 1 ? "table" : "tables")} of {tables.Sum(table => table.Runs.Count)} runs");
        return ExitCodes.Done;
    }

    // A folder of 'analyze --out'.
    private static int Analysis(HostEnvironment environment, string folder, ReportFormat format, string? output)
    {
        AnalysisDocument document = AnalysisDocument.Read(folder);
        string text = format switch
        {
            ReportFormat.Csv => AnalysisCsv.Write(document),
            ReportFormat.Html => new AnalysisPage(environment.Runs.Clock).Write(document, folder),
            _ => throw new UserException($"'{folder}' is an analysis, which is reported as csv (the data of its figures) or html. Give --format csv or --format html."),
        };
        if (output is null) environment.Output.Write(text);
        else AtomicFile.WriteText(output, text);
        return ExitCodes.Done;
    }

    private static IReadOnlyList<ReportEntry>? Entries(HostEnvironment environment, PluginCatalog catalog, string source, string runs, string[] overrides, string? paper)
    {
        var reader = new RunReader(environment.Runs.Clock);
        if (!source.EndsWith(".toml", StringComparison.OrdinalIgnoreCase))
        {
            if (overrides.Length > 0) throw new UserException("--set needs an experiment file, but a folder of runs was given; leave out --set.");
            IReadOnlyList<RunRecord> all = reader.ReadAll(source);
            if (all.Count == 0 && paper is null) throw new UserException($"There is no run in '{source}'; a run is a folder with experiment.toml and fingerprint.txt.");
            return ReportSource.OfRuns(all, catalog);
        }
        // A report does not need the data, so the variables that name its folders may be unset.
        LoadedFile file = new ExperimentLoader(catalog, name => environment.Runs.GetVariable(name) ?? $"${{env:{name}}}").LoadWhole(source, overrides);
        DiagnosticOutput.Print(environment, file.Diagnostics.Where(diagnostic => diagnostic.IsError));
        if (!file.IsValid) return null;
        var stages = new StageStore(runs);
        return ReportSource.OfFile(file.Experiments, Directory.Exists(runs) ? reader.ReadAll(runs) : [], experiment => stages.Obstacle(SweepGraph.Of([experiment], catalog).Stages));
    }

    private static ReportFormat ByEnding(string? output) => Path.GetExtension(output)?.ToUpperInvariant() switch
    {
        null or "" => ReportFormat.Terminal,
        ".MD" or ".MARKDOWN" => ReportFormat.Markdown,
        ".CSV" => ReportFormat.Csv,
        ".TEX" => ReportFormat.Latex,
        ".HTML" or ".HTM" => ReportFormat.Html,
        string ending => throw new UserException($"Cannot infer a format from '{ending.ToLowerInvariant()}'; use --format markdown, csv, latex or html."),
    };
}
